/* SPDX-License-Identifier: MIT */
/* Implements the host functions that the reader calls. */
#include "host.h"

static struct host *
host_of(struct mim_job *job)
{
    return job->core;
}

static bool
should_fail(uint64_t *count, uint64_t from)
{
    return ++*count >= from && from;
}

static void *
resize_memory(struct mim_job *job, void *old, uint64_t old_size, uint64_t new_size)
{
    struct host *host = host_of(job);
    CHECK(old || !old_size);
    if (new_size > old_size && should_fail(&host->allocations, host->fail_allocation))
        return NULL;
    host->allocated += (int64_t)(new_size - old_size);
    if (!new_size) {
        free(old);
        return NULL;
    }
    return realloc(old, new_size);
}

static int32_t
reserve_memory(struct mim_job *job, int64_t delta)
{
    host_of(job)->reserved += delta;
    return MIM_OK;
}

static uint64_t
get_limit(struct mim_job *job, int32_t which)
{
    return which == MIM_LIMIT_PIXELS && host_of(job)->max_pixels ? host_of(job)->max_pixels : UINT64_MAX;
}

static int32_t
poll_host(struct mim_job *job)
{
    return should_fail(&host_of(job)->polls, host_of(job)->fail_poll) ? MIM_CANCELLED : MIM_OK;
}

static int32_t
keep_failure(struct mim_job *job, int32_t status, uint64_t offset, const char *fmt, ...)
{
    struct host *host = host_of(job);
    va_list args;
    (void)offset;
    if (host->status != MIM_OK)
        return host->status;
    host->status = status;
    va_start(args, fmt);
    vsnprintf(host->message, sizeof host->message, fmt, args);
    va_end(args);
    return status;
}

static int64_t
read_at(struct mim_job *job, void *data, uint64_t size, uint64_t offset)
{
    struct host *host = host_of(job);
    if (should_fail(&host->reads, host->fail_read)) {
        keep_failure(job, MIM_IO, offset, "the source failed");
        return -MIM_IO;
    }
    if (offset >= host->size)
        return 0;
    if (size > host->size - offset)
        size = host->size - offset;
    memcpy(data, host->source + offset, size);
    return (int64_t)size;
}

static uint64_t
size_of(struct mim_job *job)
{
    return host_of(job)->size;
}

static uint32_t
get_flags(struct mim_job *job)
{
    (void)job;
    return 0;
}

static int32_t
count_notice(struct mim_job *job, int32_t code, const char *text)
{
    (void)code, (void)text;
    host_of(job)->notices++;
    return MIM_OK;
}

static const struct mim_host functions = {
    .struct_size = sizeof functions,
    .resize = resize_memory,
    .reserve = reserve_memory,
    .limit = get_limit,
    .poll = poll_host,
    .fail = keep_failure,
    .read_at = read_at,
    .size = size_of,
    .flags = get_flags,
    .notice = count_notice,
};

void
host_init(struct host *host, const uint8_t *source, uint64_t size, void *state)
{
    *host = (struct host){
        .job = { .struct_size = sizeof host->job, .threads = 1, .host = &functions, .state = state, .core = host },
        .source = source,
        .size = size,
    };
}
