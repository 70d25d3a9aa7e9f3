/* SPDX-License-Identifier: MIT */
/* A minimal host for tests. */
#include "host.h"

#include <stdio.h>

void
blob_add(struct blob *blob, const void *data, uint64_t size)
{
    blob->data = realloc(blob->data, blob->size + size + 1);
    CHECK(blob->data);
    if (size)
        memcpy(blob->data + blob->size, data, size);
    blob->size += size;
}

static void *
resize(struct mim_job *job, void *old, uint64_t old_size, uint64_t new_size)
{
    struct test_host *host = job->core;
    int64_t before = old ? (int64_t)old_size : 0;

    if (!new_size) {
        free(old);
        host->allocated -= before;
        return NULL;
    }
    if (new_size > host->largest_request)
        host->largest_request = new_size;
    if (++host->allocs == host->fail_alloc || new_size > 1U << 28)
        return NULL;
    host->allocated += (int64_t)new_size - before;
    if (host->allocated > host->peak_allocated)
        host->peak_allocated = host->allocated;
    return realloc(old, new_size);
}

static int32_t
reserve(struct mim_job *job, int64_t delta)
{
    struct test_host *host = job->core;

    if (delta > 0 && ++host->allocs == host->fail_alloc)
        return MIM_NOMEM;
    host->reserved += delta;
    return MIM_OK;
}

static uint64_t
limit(struct mim_job *job, int32_t which)
{
    const struct test_host *host = job->core;
    uint64_t max = which == MIM_LIMIT_METADATA ? host->limit_metadata
                   : which == MIM_LIMIT_FRAMES ? host->limit_frames
                                               : 0;

    return max ? max : UINT64_MAX;
}

static int32_t
never_stop(struct mim_job *job)
{
    (void)job;
    return MIM_OK;
}

static void
ignore_log(struct mim_job *job, int32_t level, const char *text)
{
    (void)job, (void)level, (void)text;
}

static int32_t
fail_op(struct mim_job *job, int32_t status, uint64_t offset, const char *format, ...)
{
    struct test_host *host = job->core;
    va_list arguments;
    (void)offset;

    if (host->status != MIM_OK)
        return host->status;
    va_start(arguments, format);
    vsnprintf(host->text, sizeof host->text, format, arguments);
    va_end(arguments);
    host->status = status;
    return status;
}

static int64_t
read_at(struct mim_job *job, void *data, uint64_t size, uint64_t offset)
{
    struct test_host *host = job->core;
    uint64_t left = offset < host->source.size ? host->source.size - offset : 0;

    if (++host->reads == host->fail_read)
        return -MIM_IO;
    size = size < left ? size : left;
    if (size)
        memcpy(data, host->source.data + offset, size);
    return (int64_t)size;
}

static uint64_t
size_of(struct mim_job *job)
{
    return ((struct test_host *)job->core)->source.size;
}

static void
report_line(struct test_host *host, const char *key, const char *value)
{
    size_t used = strlen(host->reported);

    snprintf(host->reported + used, sizeof host->reported - used, "%s=%s\n", key, value);
}

static int32_t
meta(struct mim_job *job, const char *key, int32_t type, const void *value, uint64_t size)
{
    char text[200] = "", *end = text;
    int64_t whole;

    type &= MIM_META_TYPE_MASK;
    if (type == MIM_META_TEXT || type == MIM_META_TIME)
        snprintf(text, sizeof text, "%.*s", (int)(size < 190 ? size : 190), (const char *)value);
    else if (type == MIM_META_REAL || type == MIM_META_REALS || type == MIM_META_BYTES)
        snprintf(text, sizeof text, "%llu bytes", (unsigned long long)size);
    else
        for (uint64_t i = 0; i < size / 8 && i < 8; i++) {
            memcpy(&whole, (const char *)value + 8 * i, 8);
            end += snprintf(end, 22, "%s%lld", i ? "," : "", (long long)whole);
        }
    report_line(job->core, key, text);
    return MIM_OK;
}

static int32_t
emit(struct mim_job *job, const void *data, uint64_t size)
{
    struct test_host *host = job->core;

    if (++host->emits == host->fail_emit)
        return MIM_IO;
    blob_add(host->is_coding ? &host->coded : &host->sink, data, size);
    return MIM_OK;
}

static int32_t
patch(struct mim_job *job, const void *data, uint64_t size, uint64_t offset)
{
    struct test_host *host = job->core;

    CHECK(offset + size <= host->sink.size);
    memcpy(host->sink.data + offset, data, size);
    return MIM_OK;
}

static uint64_t
tell(struct mim_job *job)
{
    return ((struct test_host *)job->core)->sink.size;
}

static int32_t
notice(struct mim_job *job, int32_t code, const char *text)
{
    (void)code;
    report_line(job->core, "notice", text);
    return MIM_OK;
}

static const struct mim_host table = {
    .struct_size = sizeof table,
    .major = MIM_PLUGIN_ABI_MAJOR,
    .minor = MIM_PLUGIN_ABI_MINOR,
    .resize = resize,
    .reserve = reserve,
    .limit = limit,
    .poll = never_stop,
    .log = ignore_log,
    .fail = fail_op,
    .read_at = read_at,
    .size = size_of,
    .meta = meta,
    .emit = emit,
    .patch = patch,
    .tell = tell,
    .notice = notice,
};

struct mim_job
host_job(struct test_host *host, void *state, void *worker)
{
    return (struct mim_job){ .struct_size = sizeof(struct mim_job),
                             .threads = 1,
                             .host = &table,
                             .state = state,
                             .worker = worker,
                             .core = host };
}

void
host_reset(struct test_host *host)
{
    host->status = MIM_OK;
    host->text[0] = host->reported[0] = '\0';
    host->allocs = host->reads = host->emits = host->largest_request = 0;
}

void
host_clear(struct test_host *host)
{
    CHECK(host->allocated == 0 && host->reserved == 0);
    free(host->sink.data);
    free(host->coded.data);
    *host = (struct test_host){ 0 };
}

bool
host_reported(const struct test_host *host, const char *line)
{
    return strstr(host->reported, line) != NULL;
}
