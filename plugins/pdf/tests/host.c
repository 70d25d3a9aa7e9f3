/* SPDX-License-Identifier: MIT */
/* A minimal host for tests. */
#include "host.h"

#include <stdio.h>

void
bytes_put(struct bytes *bytes, const void *data, uint64_t size)
{
    if (bytes->size + size + 1 > bytes->capacity) {
        bytes->capacity = (bytes->size + size + 1) * 2;
        bytes->data = realloc(bytes->data, bytes->capacity);
    }
    if (size)
        memcpy(bytes->data + bytes->size, data, size);
    bytes->size += size;
    bytes->data[bytes->size] = '\0';
}

void
bytes_printf(struct bytes *bytes, const char *format, ...)
{
    char text[2000];
    va_list arguments;
    va_start(arguments, format);
    int size = vsnprintf(text, sizeof text, format, arguments);
    va_end(arguments);
    CHECK(size >= 0 && (size_t)size < sizeof text);
    bytes_put(bytes, text, (uint64_t)size);
}

static void *
host_resize(struct mim_job *job, void *old, uint64_t old_size, uint64_t new_size)
{
    struct test_host *host = job->core;
    if (new_size == 0) {
        host->allocated -= old ? old_size : 0;
        free(old);
        return NULL;
    }
    if (++host->allocs == host->fail_alloc || new_size > 1u << 30)
        return NULL;
    host->allocated += new_size - (old ? old_size : 0);
    return realloc(old, new_size);
}

static int32_t
host_reserve(struct mim_job *job, int64_t delta)
{
    struct test_host *host = job->core;
    if (delta > 0 && ++host->allocs == host->fail_alloc)
        return MIM_NOMEM;
    host->reserved += delta;
    if (host->reserved > host->peak_reserved)
        host->peak_reserved = host->reserved;
    return MIM_OK;
}

static uint64_t
host_limit(struct mim_job *job, int32_t which)
{
    (void)job, (void)which;
    return UINT64_MAX;
}

static int32_t
host_poll(struct mim_job *job)
{
    struct test_host *host = job->core;
    return ++host->polls >= host->stop_poll && host->stop_poll ? MIM_CANCELLED : MIM_OK;
}

static int32_t
host_fail(struct mim_job *job, int32_t status, uint64_t offset, const char *format, ...)
{
    struct test_host *host = job->core;
    va_list arguments;
    (void)offset;
    va_start(arguments, format);
    vsnprintf(host->text, sizeof host->text, format, arguments);
    va_end(arguments);
    host->status = status;
    return status;
}

static int64_t
host_read(struct mim_job *job, void *data, uint64_t size, uint64_t offset)
{
    struct test_host *host = job->core;
    if (++host->reads == host->fail_read)
        return -MIM_IO;
    uint64_t left = offset < host->source_size ? host->source_size - offset : 0;
    if (size > left)
        size = left;
    if (size)
        memcpy(data, host->source + offset, size);
    return (int64_t)size;
}

static uint64_t
host_size(struct mim_job *job)
{
    const struct test_host *host = job->core;
    return host->source_size;
}

static int32_t
host_meta(struct mim_job *job, const char *key, int32_t type, const void *value, uint64_t size)
{
    struct test_host *host = job->core;
    int32_t plain = type & MIM_META_TYPE_MASK;
    int64_t whole = 0;
    if (plain == MIM_META_INT)
        memcpy(&whole, value, sizeof whole);
    if (plain == MIM_META_TEXT || plain == MIM_META_TIME)
        bytes_printf(&host->meta, "%s=%.*s\n", key, (int)size, (const char *)value);
    else
        bytes_printf(&host->meta, "%s=%lld\n", key, (long long)whole);
    return MIM_OK;
}

static int32_t
host_emit(struct mim_job *job, const void *data, uint64_t size)
{
    struct test_host *host = job->core;
    bytes_put(host->is_coding ? &host->coded : &host->sink, data, size);
    return MIM_OK;
}

static uint64_t
host_tell(struct mim_job *job)
{
    const struct test_host *host = job->core;
    return host->sink.size;
}

static uint32_t
host_flags(struct mim_job *job)
{
    (void)job;
    return 0;
}

static int32_t
host_notice(struct mim_job *job, int32_t code, const char *text)
{
    struct test_host *host = job->core;
    (void)code, (void)text;
    host->notices++;
    return MIM_OK;
}

static const struct mim_host host_table = {
    .struct_size = sizeof host_table,
    .major = MIM_PLUGIN_ABI_MAJOR,
    .minor = MIM_PLUGIN_ABI_MINOR,
    .resize = host_resize,
    .reserve = host_reserve,
    .limit = host_limit,
    .poll = host_poll,
    .fail = host_fail,
    .read_at = host_read,
    .size = host_size,
    .meta = host_meta,
    .emit = host_emit,
    .tell = host_tell,
    .flags = host_flags,
    .notice = host_notice,
};

struct mim_job
host_job(struct test_host *host, void *state, void *worker)
{
    return (struct mim_job){ .struct_size = sizeof(struct mim_job),
                             .threads = 1,
                             .host = &host_table,
                             .state = state,
                             .worker = worker,
                             .core = host };
}

void
host_clear(struct test_host *host)
{
    free(host->sink.data);
    free(host->coded.data);
    free(host->meta.data);
    *host = (struct test_host){ 0 };
}

/* Fontconfig leaks a few hundred bytes once. */
const char *__lsan_default_suppressions(void);
const char *
__lsan_default_suppressions(void)
{
    return "leak:libfontconfig\n";
}
