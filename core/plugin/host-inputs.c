/* SPDX-License-Identifier: MIT */
/* The host calls that read: the source of a job, and side inputs. */
#include "base/error.h"
#include "io/source.h"
#include "plugin/host-priv.h"
#include "plugin/operation.h"

static int64_t
read_source(struct mim_core_job *job, struct mim_source *source, void *data, uint64_t size, uint64_t offset)
{
    if (!source)
        return -MIM_ARGUMENT;
    struct mim_error error;
    int64_t got = mim_source_read_at(source, data, size, offset, &error);
    return got >= 0 ? got : -(int64_t)mim_host_result(job, (enum mim_status) - got, &error);
}

int64_t
mim_host_read_at(struct mim_job *abi, void *data, uint64_t size, uint64_t offset)
{
    struct mim_core_job *job = abi->core;
    return read_source(job, job->operation->source, data, size, offset);
}

const void *
mim_host_view(struct mim_job *abi, uint64_t offset, uint64_t size)
{
    const struct mim_operation *operation = ((struct mim_core_job *)abi->core)->operation;
    return operation->source ? mim_source_view(operation->source, offset, size) : NULL;
}

static uint64_t
size_of(struct mim_core_job *job, struct mim_source *source)
{
    if (!source)
        return MIM_UNKNOWN;
    uint64_t size = MIM_UNKNOWN;
    struct mim_error error;
    mim_host_result(job, mim_source_size(source, &size, &error), &error);
    return size; /* stays unknown after a failure */
}

uint64_t
mim_host_size(struct mim_job *abi)
{
    struct mim_core_job *job = abi->core;
    return size_of(job, job->operation->source);
}

/* A side input may be a URI. */
static enum mim_status
resolve_side(struct mim_operation *operation, int32_t side, struct mim_error *err)
{
    enum mim_status status = mim_operation_resolve(operation, &operation->side_inputs.open[side - 1], err);
    if (status != MIM_OK)
        mim_side_inputs_close(&operation->side_inputs, side);
    return status;
}

int32_t
mim_host_open_side(struct mim_job *abi, const char *role, const char *uri)
{
    struct mim_core_job *job = abi->core;
    struct mim_error error;
    int32_t side = 0;
    enum mim_status status = mim_side_inputs_open(&job->operation->side_inputs, role, uri, &side, &error);
    if (status == MIM_OK)
        status = resolve_side(job->operation, side, &error);
    return status == MIM_OK ? side : -mim_host_result(job, status, &error);
}

int32_t
mim_host_open_source(struct mim_job *abi, uint32_t number)
{
    struct mim_core_job *job = abi->core;
    int32_t side = 0;
    enum mim_status status = mim_side_inputs_open_source(&job->operation->side_inputs, number, &side, NULL);
    if (status == MIM_OK)
        status = resolve_side(job->operation, side, NULL);
    return status == MIM_OK ? side : -(int32_t)status;
}

const struct mim_offer *
mim_host_offered(struct mim_job *abi, uint32_t number, uint32_t i)
{
    const struct mim_core_job *job = abi->core;
    const struct mim_frame_source *source = mim_frame_sources_at(&job->operation->side_inputs.sources, number);
    return source && i < source->offers.count ? &source->offers.items[i] : NULL;
}

void
mim_host_close_side(struct mim_job *abi, int32_t side)
{
    struct mim_core_job *job = abi->core;
    mim_side_inputs_close(&job->operation->side_inputs, side);
}

int64_t
mim_host_side_read(struct mim_job *abi, int32_t side, void *data, uint64_t size, uint64_t offset)
{
    struct mim_core_job *job = abi->core;
    return read_source(job, mim_side_inputs_source(&job->operation->side_inputs, side), data, size, offset);
}

uint64_t
mim_host_side_size(struct mim_job *abi, int32_t side)
{
    struct mim_core_job *job = abi->core;
    return size_of(job, mim_side_inputs_source(&job->operation->side_inputs, side));
}
