/* SPDX-License-Identifier: MIT */
/* Calls a plugin's archive ops: one pass for the names, and one for the bytes where it cannot seek. */
#include "container/container-priv.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/error.h"
#include "io/source.h"
#include "io/spool.h"

#define FREE_BYTES 100000000u /* that come out before their ratio counts */
#define CHUNK_SIZE 65536u

/* Prefixes the error with the member, or NULL: with an archive that is a member itself. The caller names the outer archive. */
static enum mim_status
name_failure(const struct mim_container *container, enum mim_status status, const char *member, struct mim_error *err)
{
    bool of_the_job = status == MIM_CANCELLED || status == MIM_TIMEOUT || status == MIM_NOMEM;
    bool is_inner = !member && mim_source_depth(container->operation.source);
    const char *name = is_inner ? mim_container_name(container) : member;
    char message[sizeof err->message];
    if (status == MIM_OK || status == MIM_END || !err || of_the_job || !name)
        return status;
    snprintf(message, sizeof message, "%.250s: %.340s", name, err->message);
    memcpy(err->message, message, sizeof message);
    return status;
}

static enum mim_status
call_open(struct mim_container *container, struct mim_error *err)
{
    memset(container->state, 0, container->ops->state_size);
    container->is_opened = true;
    container->next = MIM_UNKNOWN; /* open it again after a failure */
    container->yielded = 0;
    container->read_before = mim_source_bytes_read(container->operation.source);
    mim_job_begin(&container->job, MIM_UNKNOWN, "open");
    int32_t result = container->ops->open ? container->ops->open(&container->job.abi) : MIM_OK;
    enum mim_status status = mim_job_end(&container->job, result, "open", err);
    if (status == MIM_OK)
        container->next = 0;
    return status;
}

static void
call_close(struct mim_container *container)
{
    if (container->is_opened && container->ops->close) {
        mim_job_begin(&container->job, MIM_UNKNOWN, "close");
        container->ops->close(&container->job.abi);
        mim_job_leave(&container->job);
    }
    container->is_opened = false;
}

/* Bytes that came out of the archive, in proportion to those that went in: a bomb ends here. */
static enum mim_status
count_yield(struct mim_container *container, uint64_t bytes, struct mim_error *err)
{
    struct mim_source *source = container->operation.source;
    uint64_t ratio = container->operation.control.limits.ratio, size = mim_source_known_size(source);
    uint64_t read = mim_source_bytes_read(source) - container->read_before;
    if (mim_source_is_stream(source) && size != MIM_UNKNOWN) /* read from its spool */
        read = size;
    container->yielded += bytes < UINT64_MAX - container->yielded ? bytes : 0;
    if (container->yielded <= FREE_BYTES || container->yielded / ratio <= read)
        return MIM_OK;
    return mim_fail_limit(err, container->yielded, ratio * read,
                          "%" PRIu64 " bytes come out of %" PRIu64 ", which exceeds the limit ratio=%" PRIu64,
                          container->yielded, read, ratio);
}

static enum mim_status
call_next(struct mim_container *container, struct mim_member *member, struct mim_error *err)
{
    *member = (struct mim_member){ .struct_size = sizeof *member, .size = MIM_UNKNOWN };
    mim_job_begin(&container->job, MIM_UNKNOWN, "next");
    enum mim_status status =
        mim_job_end(&container->job, container->ops->next(&container->job.abi, member), "next", err);
    if (status != MIM_OK)
        return status;
    if (!member->name)
        return mim_fail(err, MIM_BROKEN_PLUGIN, "the plugin's next() gave a member without a name");
    container->next++;
    return MIM_OK;
}

int64_t
mim_container_read(struct mim_container *container, uint64_t member, void *data, uint64_t size, struct mim_error *err)
{
    enum mim_status status = mim_operation_poll(&container->operation, err);
    if (status != MIM_OK)
        return -(int64_t)status;
    mim_job_begin(&container->job, MIM_UNKNOWN, "read");
    int64_t got = container->ops->read(&container->job.abi, data, size);
    status = mim_job_end(&container->job, got < 0 ? (int32_t)-got : MIM_OK, "read", err);
    if (status == MIM_OK && (got < 0 || (uint64_t)got > size))
        status = mim_fail(err, MIM_BROKEN_PLUGIN, "the plugin's read() returned %" PRId64 " of %" PRIu64 " bytes", got,
                          size);
    if (status == MIM_OK)
        status = count_yield(container, (uint64_t)got, err);
    if (status == MIM_OK)
        return got;
    return -(int64_t)name_failure(container, status, container->index.members[member].name, err);
}

/* Keeps the current member, which is needed later. Without space for it, the archive is opened again instead. */
static enum mim_status
keep_member(struct mim_container *container, uint64_t number, struct mim_error *err)
{
    struct mim_container_member *member = &container->index.members[number];
    uint8_t chunk[CHUNK_SIZE];
    int64_t got;
    enum mim_status status = container->kept ? MIM_OK : mim_spool_create_file(&container->kept, err);
    if (status != MIM_OK)
        return status;
    mim_spool_limit(container->kept, container->operation.control.limits.spool_bytes);
    uint64_t start = mim_spool_size(container->kept), end = start;
    while ((got = mim_container_read(container, number, chunk, sizeof chunk, err)) > 0) {
        status = mim_spool_write(container->kept, chunk, (uint64_t)got, end, err);
        if (status != MIM_OK)
            return status == MIM_LIMIT ? MIM_OK : status;
        end += (uint64_t)got;
    }
    if (got == 0) {
        member->kept = start;
        member->kept_size = end - start;
    }
    /* damage of this member is found again when it is opened */
    bool is_fatal = got == -MIM_CANCELLED || got == -MIM_TIMEOUT || got == -MIM_NOMEM;
    return is_fatal ? (enum mim_status) - got : MIM_OK;
}

/* Moves forward to the member; what was passed over before is behind. */
static enum mim_status
walk_to(struct mim_container *container, uint64_t number, struct mim_error *err)
{
    struct mim_member found;
    enum mim_status status = MIM_OK;
    if (number < container->next) {
        call_close(container);
        status = call_open(container, err);
    }
    while (status == MIM_OK && container->next <= number) {
        uint64_t passed = container->next;
        status = call_next(container, &found, err);
        if (status == MIM_END)
            return mim_fail(err, MIM_CORRUPT, "the archive has changed: it ends after %" PRIu64 " members", passed);
        const struct mim_container_member *member = &container->index.members[passed];
        if (status == MIM_OK && passed < number && member->is_wanted && member->kept == MIM_UNKNOWN)
            status = keep_member(container, passed, err);
        else if (status == MIM_OK && passed < number && found.size != MIM_UNKNOWN)
            status = count_yield(container, found.size, err);
    }
    if (status != MIM_OK)
        container->next = MIM_UNKNOWN;
    return status;
}

enum mim_status
mim_container_begin(struct mim_container *container, uint64_t number, struct mim_error *err)
{
    struct mim_container_member *member = &container->index.members[number];
    enum mim_status status;
    if (container->ops->seek) {
        mim_job_begin(&container->job, MIM_UNKNOWN, "seek");
        status = mim_job_end(&container->job, container->ops->seek(&container->job.abi, member->position), "seek", err);
    } else {
        status = walk_to(container, number, err);
    }
    member->is_wanted = false;
    return name_failure(container, status, member->name, err);
}

/* Adds what next() found; damage after a member ends the list. */
static enum mim_status
list_members(struct mim_container *container, struct mim_error *err)
{
    struct mim_member_index *index = &container->index;
    uint64_t max = container->operation.control.limits.frames;
    for (;;) {
        struct mim_member member;
        struct mim_error error = { 0 };
        enum mim_status status = mim_operation_poll(&container->operation, &error);
        if (status == MIM_OK)
            status = call_next(container, &member, &error);
        if (status == MIM_OK && !container->ops->seek && member.size != MIM_UNKNOWN)
            status = count_yield(container, member.size, &error);
        if (status == MIM_OK && index->count >= max)
            status = mim_fail_limit(&error, max + 1, max, "more members than the limit frames=%" PRIu64, max);
        if (status == MIM_OK)
            status = mim_member_index_add(index, &member, &container->operation.budget, &error);
        if (status == MIM_OK)
            continue;
        name_failure(container, status, NULL, &error);
        if (index->count && (status == MIM_CORRUPT || status == MIM_TRUNCATED)) {
            index->failure = error;
            return MIM_OK;
        }
        if (err && status != MIM_END)
            *err = error;
        return status == MIM_END ? MIM_OK : status;
    }
}

enum mim_status
mim_container_open(struct mim_container **out, struct mim_operation *whole, struct mim_source *source,
                   const struct mim_attempt *attempt, struct mim_error *err)
{
    const struct mim_container_ops *ops = attempt->container;
    if (!ops || !ops->next)
        return mim_fail(err, MIM_UNSUPPORTED, "%.300s: is no archive", mim_source_name(source));
    if (mim_source_depth(source) >= 2)
        return mim_fail(err, MIM_UNSUPPORTED, "%.300s: an archive in an archive in an archive is not opened",
                        mim_source_name(source));
    struct mim_container *container = calloc(1, sizeof *container);
    if (!container)
        return mim_fail_nomem(err, "an archive");
    mim_operation_init_part(&container->operation, whole, MIM_UNKNOWN);
    container->operation.plugin = attempt->plugin->name;
    container->operation.source = mim_source_ref(source);
    container->ops = ops;
    container->state = calloc(1, ops->state_size ? ops->state_size : 1);
    atomic_init(&container->references, 1);
    pthread_mutex_init(&container->lock, NULL);

    enum mim_status status = container->state ? MIM_OK : mim_fail_nomem(err, "an archive");
    if (status == MIM_OK)
        status = mim_job_init(&container->job, &container->operation, container->state, 0, 1, err);
    if (status == MIM_OK)
        status = name_failure(container, call_open(container, err), NULL, err);
    if (status == MIM_OK)
        status = list_members(container, err);
    if (status != MIM_OK) {
        mim_container_close(container);
        return status;
    }
    *out = container;
    return MIM_OK;
}

struct mim_container *
mim_container_ref(struct mim_container *container)
{
    atomic_fetch_add(&container->references, 1);
    return container;
}

void
mim_container_close(struct mim_container *container)
{
    if (!container || atomic_fetch_sub(&container->references, 1) > 1)
        return;
    call_close(container);
    mim_job_clear(&container->job);
    mim_member_index_clear(&container->index, &container->operation.budget);
    mim_spool_destroy(container->kept);
    pthread_mutex_destroy(&container->lock);
    mim_source_close(container->operation.source);
    container->operation.source = NULL; /* its waits still belong to the whole */
    mim_operation_clear(&container->operation);
    free(container->state);
    free(container);
}

const struct mim_member_index *
mim_container_index(const struct mim_container *container)
{
    return &container->index;
}

const char *
mim_container_name(const struct mim_container *container)
{
    return mim_source_name(container->operation.source);
}

void
mim_container_want(struct mim_container *container, uint64_t member)
{
    container->index.members[member].is_wanted = true;
}
