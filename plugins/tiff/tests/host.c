/* SPDX-License-Identifier: MIT */
/* A small host for the tests. */
#include "host.h"

#include <stdio.h>

void
bytes_put(struct bytes *bytes, const void *data, uint64_t size, uint64_t at)
{
    if (at + size > bytes->capacity) {
        bytes->capacity = (at + size) * 2;
        bytes->data = realloc(bytes->data, bytes->capacity);
    }
    if (at + size > bytes->size)
        bytes->size = at + size;
    if (size)
        memcpy(bytes->data + at, data, size);
}

static void *
host_resize(struct mim_job *job, void *old, uint64_t old_size, uint64_t new_size)
{
    struct host *host = job->core;
    if (new_size == 0) {
        free(old);
        host->allocated -= old ? old_size : 0;
        return NULL;
    }
    if (new_size > host->largest_request)
        host->largest_request = new_size;
    if (++host->allocs == host->fail_alloc || new_size > 1u << 30)
        return NULL;
    host->allocated += new_size - (old ? old_size : 0);
    return realloc(old, new_size);
}

static int32_t
host_reserve(struct mim_job *job, int64_t delta)
{
    (void)job, (void)delta;
    return MIM_OK;
}

static uint64_t
host_limit(struct mim_job *job, int32_t which)
{
    struct host *host = job->core;
    return which == MIM_LIMIT_FRAMES && host->max_frames ? host->max_frames : UINT64_MAX;
}

static int32_t
host_poll(struct mim_job *job)
{
    (void)job;
    return MIM_OK;
}

static void
host_log(struct mim_job *job, int32_t level, const char *text)
{
    (void)job, (void)level, (void)text;
}

static int32_t
host_fail(struct mim_job *job, int32_t status, uint64_t offset, const char *format, ...)
{
    struct host *host = job->core;
    va_list arguments;
    va_start(arguments, format);
    vsnprintf(host->text, sizeof host->text, format, arguments);
    va_end(arguments);
    host->status = status;
    host->offset = offset;
    return status;
}

int64_t
host_read(struct mim_job *job, void *data, uint64_t size, uint64_t offset)
{
    struct host *host = job->core;
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
    struct host *host = job->core;
    return host->source_size;
}

static int32_t
host_meta(struct mim_job *job, const char *key, int32_t type, const void *value, uint64_t size)
{
    struct host *host = job->core;
    char line[400], *to = line + snprintf(line, 100, "%s=", key);
    int64_t whole;
    type &= MIM_META_TYPE_MASK;
    if (type == MIM_META_TEXT || type == MIM_META_TIME)
        to += snprintf(to, 200, "%.*s", (int)(size < 190 ? size : 190), (const char *)value);
    else if (type == MIM_META_BYTES || type == MIM_META_REAL || type == MIM_META_REALS)
        to += snprintf(to, 100, "(%llu bytes)", (unsigned long long)size);
    else
        for (uint64_t i = 0; i < size / 8 && i < 8; i++) {
            memcpy(&whole, (const char *)value + i * 8, 8);
            to += snprintf(to, 30, "%s%lld", i ? "," : "", (long long)whole);
        }
    *to++ = '\n';
    *to = '\0';
    bytes_put(&host->meta, line, (uint64_t)(to - line) + 1, host->meta.size ? host->meta.size - 1 : 0);
    return MIM_OK;
}

static int32_t
host_emit(struct mim_job *job, const void *data, uint64_t size)
{
    struct host *host = job->core;
    struct bytes *to = host->is_coding ? &host->coded : &host->sink;
    bytes_put(to, data, size, to->size);
    return MIM_OK;
}

static int32_t
host_patch(struct mim_job *job, const void *data, uint64_t size, uint64_t offset)
{
    struct host *host = job->core;
    bytes_put(&host->sink, data, size, offset);
    return MIM_OK;
}

static uint64_t
host_tell(struct mim_job *job)
{
    struct host *host = job->core;
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
    struct host *host = job->core;
    (void)code, (void)text;
    host->notices++;
    return MIM_OK;
}

static int32_t
host_open_side(struct mim_job *job, const char *role, const char *uri)
{
    const struct host *host = job->core;
    (void)role;
    return host->side_name && strcmp(host->side_name, uri) == 0 ? 1 : -MIM_IO;
}

static uint64_t
host_side_size(struct mim_job *job, int32_t side)
{
    const struct host *host = job->core;
    return side == 1 ? host->side.size : MIM_UNKNOWN;
}

static int64_t
host_side_read(struct mim_job *job, int32_t side, void *data, uint64_t size, uint64_t offset)
{
    const struct host *host = job->core;
    uint64_t left = side == 1 && offset < host->side.size ? host->side.size - offset : 0;
    size = size < left ? size : left;
    memcpy(data, host->side.data + offset, size);
    return (int64_t)size;
}

static const struct mim_host host_table = {
    .struct_size = sizeof host_table,
    .major = MIM_PLUGIN_ABI_MAJOR,
    .minor = MIM_PLUGIN_ABI_MINOR,
    .resize = host_resize,
    .reserve = host_reserve,
    .limit = host_limit,
    .poll = host_poll,
    .log = host_log,
    .fail = host_fail,
    .read_at = host_read,
    .size = host_size,
    .meta = host_meta,
    .emit = host_emit,
    .patch = host_patch,
    .tell = host_tell,
    .flags = host_flags,
    .notice = host_notice,
    .open_side = host_open_side,
    .side_size = host_side_size,
    .side_read = host_side_read,
};

struct mim_job
host_job(struct host *host, void *state, void *worker)
{
    return (struct mim_job){ .struct_size = sizeof(struct mim_job),
                             .threads = 1,
                             .host = &host_table,
                             .state = state,
                             .worker = worker,
                             .core = host };
}

void
bytes_put_number(struct bytes *bytes, uint64_t value, unsigned size, int is_big_endian)
{
    uint8_t number[8];
    for (unsigned i = 0; i < size; i++)
        number[i] = (uint8_t)(value >> 8 * (is_big_endian ? size - 1 - i : i));
    bytes_put(bytes, number, size, bytes->size);
}

void
host_clear(struct host *host)
{
    free(host->sink.data);
    free(host->coded.data);
    free(host->meta.data);
    free(host->side.data);
    *host = (struct host){ 0 };
}
