/* SPDX-License-Identifier: MIT */
/* The functions of the host table. */
#include "host.h"

void
bytes_add(struct bytes *bytes, const void *data, size_t size)
{
    if (!size)
        return;
    if (bytes->size + size > bytes->capacity) {
        bytes->capacity = 2 * (bytes->size + size);
        bytes->data = realloc(bytes->data, bytes->capacity);
        CHECK(bytes->data);
    }
    memcpy(bytes->data + bytes->size, data, size);
    bytes->size += size;
}

static struct host *
host_of(struct mim_job *job)
{
    return job->core;
}

static void *
resize(struct mim_job *job, void *old, uint64_t old_size, uint64_t new_size)
{
    struct host *host = host_of(job);

    CHECK(old || !old_size);
    if (new_size > old_size && ++host->allocations >= host->fail_allocation && host->fail_allocation)
        return NULL;
    host->allocated += new_size - old_size;
    if (host->allocated > host->peak_allocated)
        host->peak_allocated = host->allocated;
    if (!new_size) {
        free(old);
        return NULL;
    }
    return realloc(old, new_size);
}

static int32_t
reserve(struct mim_job *job, int64_t delta)
{
    host_of(job)->reserved += delta;
    return MIM_OK;
}

static uint64_t
limit(struct mim_job *job, int32_t which)
{
    (void)job, (void)which;
    return UINT64_MAX;
}

static int32_t
poll_host(struct mim_job *job)
{
    struct host *host = host_of(job);

    return ++host->polls >= host->fail_poll && host->fail_poll ? MIM_CANCELLED : MIM_OK;
}

static int32_t
keep_failure(struct mim_job *job, int32_t status, uint64_t offset, const char *fmt, ...)
{
    struct host *host = host_of(job);
    va_list args;
    (void)offset;

    if (host->status != MIM_OK)
        return status;
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

    if (host->fail_read && ++host->reads >= host->fail_read)
        return -MIM_IO;
    if (offset >= host->source.size)
        return 0;
    if (size > host->source.size - offset)
        size = host->source.size - offset;
    memcpy(data, host->source.data + offset, size);
    return size;
}

static int32_t
meta(struct mim_job *job, const char *key, int32_t type, const void *value, uint64_t size)
{
    struct host *host = host_of(job);
    size_t used = strlen(host->meta), left = sizeof host->meta - used;
    const int64_t *ints = value;

    switch (type & MIM_META_TYPE_MASK) {
    case MIM_META_TEXT:
        snprintf(host->meta + used, left, "%s=%.*s\n", key, (int)size, (const char *)value);
        break;
    case MIM_META_BYTES:
        used += snprintf(host->meta + used, left, "%s=", key);
        for (uint64_t i = 0; i < size && used + 4 < sizeof host->meta; i++)
            used += snprintf(host->meta + used, sizeof host->meta - used, "%02x", ((const uint8_t *)value)[i]);
        snprintf(host->meta + used, sizeof host->meta - used, "\n");
        break;
    case MIM_META_INT:
        snprintf(host->meta + used, left, "%s=%lld\n", key, (long long)*ints);
        break;
    default:
        CHECK(size == 4 * sizeof *ints);
        snprintf(host->meta + used, left, "%s=%lld,%lld,%lld,%lld\n", key, (long long)ints[0], (long long)ints[1],
                 (long long)ints[2], (long long)ints[3]);
    }
    return MIM_OK;
}

static int32_t
emit(struct mim_job *job, const void *data, uint64_t size)
{
    bytes_add(&host_of(job)->sink, data, size);
    return MIM_OK;
}

static int32_t
notice(struct mim_job *job, int32_t code, const char *text)
{
    (void)text;
    host_of(job)->notices[code]++;
    return MIM_OK;
}

static const struct mim_host functions = {
    .struct_size = sizeof functions,
    .major = MIM_PLUGIN_ABI_MAJOR,
    .minor = MIM_PLUGIN_ABI_MINOR,
    .resize = resize,
    .reserve = reserve,
    .limit = limit,
    .poll = poll_host,
    .fail = keep_failure,
    .read_at = read_at,
    .meta = meta,
    .emit = emit,
    .notice = notice,
};

void
host_open(struct host *host, uint32_t state_size, uint32_t worker_size)
{
    host->job = (struct mim_job){
        .struct_size = sizeof host->job,
        .threads = 1,
        .host = &functions,
        .core = host,
        .state = calloc(1, state_size ? state_size : 1),
        .worker = calloc(1, worker_size ? worker_size : 1),
    };
    CHECK(host->job.state && host->job.worker);
}

void
host_forget(struct host *host)
{
    host->status = MIM_OK;
    host->message[0] = host->meta[0] = '\0';
    memset(host->notices, 0, sizeof host->notices);
}

void
host_close(struct host *host)
{
    free(host->job.state);
    free(host->job.worker);
    free(host->source.data);
    host->source = (struct bytes){ 0 };
    CHECK(host->allocated == 0);
    CHECK(host->reserved == 0);
}

uint32_t
next_random(uint64_t *state)
{
    *state = *state * UINT64_C(6364136223846793005) + UINT64_C(1442695040888963407);
    return *state >> 33;
}
