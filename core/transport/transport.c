/* SPDX-License-Identifier: MIT */
/* A transport of a plugin at work on one URI. */
#include "transport/transport.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/error.h"

/* Ends the running op. Its message begins with the name, unless the job has ended. */
static enum mim_status
end_op(struct mim_transport *transport, int32_t result, const char *op, struct mim_error *err)
{
    struct mim_error why = { 0 };
    enum mim_status status = mim_job_end(&transport->job, result, op, &why);
    if (status == MIM_END)
        status = mim_fail(&why, MIM_BROKEN_PLUGIN, "the plugin's %s() returned %d, which is no status for it", op, result);
    if (status == MIM_OK || !err)
        return status;
    *err = why;
    if (status != MIM_CANCELLED && status != MIM_TIMEOUT)
        snprintf(err->message, sizeof err->message, "%.250s: %.340s", transport->name, why.message);
    return status;
}

/* One call of the plugin's read. */
static int64_t
fetch(void *user, void *data, uint64_t size, uint64_t offset, struct mim_error *err)
{
    struct mim_transport *transport = user;
    mim_job_begin(&transport->job, MIM_UNKNOWN, "read");
    int64_t n = transport->ops->read(&transport->job.abi, data, size, offset);
    int32_t result = n >= 0 ? MIM_OK : n < -INT32_MAX ? INT32_MAX : (int32_t)-n;
    enum mim_status status = end_op(transport, result, "read", err);
    if (status != MIM_OK)
        return -(int64_t)status;
    if ((uint64_t)n <= size)
        return n;
    return -(int64_t)mim_fail(err, MIM_BROKEN_PLUGIN, "%.300s: the plugin's read() returned %" PRId64 " bytes of %" PRIu64,
                              transport->name, n, size);
}

static enum mim_status
call_open(struct mim_transport *transport, const char *uri, struct mim_error *err)
{
    struct mim_transport_info *info = &transport->info;
    *info = (struct mim_transport_info){ .struct_size = sizeof *info, .size = MIM_UNKNOWN };
    transport->is_opened = true;
    mim_job_begin(&transport->job, MIM_UNKNOWN, "open");
    int32_t result = transport->ops->open(&transport->job.abi, uri, info);
    enum mim_status status = end_op(transport, result, "open", err);
    if (status != MIM_OK || !(info->flags & MIM_TRANSPORT_RANGES) || info->size <= INT64_MAX)
        return status;
    return mim_fail(err, MIM_BROKEN_PLUGIN, "%.300s: the plugin reads ranges without a size", transport->name);
}

enum mim_status
mim_transport_open(struct mim_transport **out, struct mim_operation *whole, const struct mim_transport_target *target,
                   bool *is_missing, struct mim_error *err)
{
    const struct mim_transport_ops *ops = target->ops;
    struct mim_transport *transport = calloc(1, sizeof *transport);
    if (!transport)
        return mim_fail_nomem(err, "a transport");
    mim_operation_init_part(&transport->operation, whole->whole ? whole->whole : whole, MIM_UNKNOWN);
    transport->operation.plugin = target->plugin->name;
    transport->ops = ops;
    transport->name = strdup(target->name);
    void *state = calloc(1, ops->state_size ? ops->state_size : 1);
    enum mim_status status = mim_job_init(&transport->job, &transport->operation, state, 0, 1, err);
    if (!state || !transport->name)
        status = mim_fail_nomem(err, "a transport");
    if (status == MIM_OK)
        status = call_open(transport, target->uri, err);
    *is_missing = status == MIM_IO && transport->info.flags & MIM_TRANSPORT_MISSING;
    if (status != MIM_OK) {
        mim_transport_close(transport);
        return status;
    }
    transport->cache = (struct mim_range_cache){
        .budget = &transport->operation.budget, .size = transport->info.size, .fetch = fetch, .user = transport
    };
    *out = transport;
    return MIM_OK;
}

int64_t
mim_transport_read(void *user, void *data, uint64_t size, uint64_t offset, struct mim_error *err)
{
    struct mim_transport *transport = user;
    return transport->info.flags & MIM_TRANSPORT_RANGES ? mim_range_cache_read(&transport->cache, data, size, offset, err)
                                                        : fetch(transport, data, size, offset, err);
}

void
mim_transport_close(void *user)
{
    struct mim_transport *transport = user;
    if (!transport)
        return;
    if (transport->is_opened && transport->ops->close) {
        mim_job_begin(&transport->job, MIM_UNKNOWN, "close");
        transport->ops->close(&transport->job.abi);
        mim_job_leave(&transport->job);
    }
    mim_range_cache_clear(&transport->cache);
    free(transport->job.abi.state);
    mim_job_clear(&transport->job);
    mim_operation_clear(&transport->operation);
    free(transport->name);
    free(transport);
}
