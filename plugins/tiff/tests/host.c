/* SPDX-License-Identifier: MIT */
/* A small host for the tests. */
#include "host.h"

#include <stdio.h>

void
bytes_put(struct bytes *bytes, const void *data, uint64_t size, uint64_t at)
{
    if (at + size > bytes->room) {
        bytes->room = (at + size) * 2;
        bytes->data = realloc(bytes->data, bytes->room);
    }
    if (at + size > bytes->size)
        bytes->size = at + size;
    if (size)
        memcpy(bytes->data + at, data, size);
}

static void *
desk_resize(struct mim_job *job, void *old, uint64_t old_size, uint64_t new_size)
{
    struct desk *desk = job->core;
    if (new_size == 0) {
        free(old);
        desk->held -= old ? old_size : 0;
        return NULL;
    }
    if (new_size > desk->most_asked)
        desk->most_asked = new_size;
    if (++desk->allocs == desk->fail_alloc || new_size > 1u << 30)
        return NULL;
    desk->held += new_size - (old ? old_size : 0);
    return realloc(old, new_size);
}

static int32_t
desk_reserve(struct mim_job *job, int64_t delta)
{
    (void)job, (void)delta;
    return MIM_OK;
}

static uint64_t
desk_limit(struct mim_job *job, int32_t which)
{
    struct desk *desk = job->core;
    return which == MIM_LIMIT_FRAMES && desk->most_frames ? desk->most_frames : UINT64_MAX;
}

static int32_t
desk_poll(struct mim_job *job)
{
    (void)job;
    return MIM_OK;
}

static void
desk_log(struct mim_job *job, int32_t level, const char *text)
{
    (void)job, (void)level, (void)text;
}

static int32_t
desk_fail(struct mim_job *job, int32_t status, uint64_t offset, const char *format, ...)
{
    struct desk *desk = job->core;
    va_list arguments;
    va_start(arguments, format);
    vsnprintf(desk->text, sizeof desk->text, format, arguments);
    va_end(arguments);
    desk->status = status;
    desk->offset = offset;
    return status;
}

int64_t
desk_read(struct mim_job *job, void *data, uint64_t size, uint64_t offset)
{
    struct desk *desk = job->core;
    if (++desk->reads == desk->fail_read)
        return -MIM_IO;
    uint64_t left = offset < desk->source_size ? desk->source_size - offset : 0;
    if (size > left)
        size = left;
    if (size)
        memcpy(data, desk->source + offset, size);
    return (int64_t)size;
}

static uint64_t
desk_size(struct mim_job *job)
{
    struct desk *desk = job->core;
    return desk->source_size;
}

static int32_t
desk_meta(struct mim_job *job, const char *key, int32_t type, const void *value, uint64_t size)
{
    struct desk *desk = job->core;
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
    bytes_put(&desk->meta, line, (uint64_t)(to - line) + 1, desk->meta.size ? desk->meta.size - 1 : 0);
    return MIM_OK;
}

static int32_t
desk_emit(struct mim_job *job, const void *data, uint64_t size)
{
    struct desk *desk = job->core;
    struct bytes *to = desk->is_coding ? &desk->coded : &desk->sink;
    bytes_put(to, data, size, to->size);
    return MIM_OK;
}

static int32_t
desk_patch(struct mim_job *job, const void *data, uint64_t size, uint64_t offset)
{
    struct desk *desk = job->core;
    bytes_put(&desk->sink, data, size, offset);
    return MIM_OK;
}

static uint64_t
desk_tell(struct mim_job *job)
{
    struct desk *desk = job->core;
    return desk->sink.size;
}

static uint32_t
desk_flags(struct mim_job *job)
{
    (void)job;
    return 0;
}

static int32_t
desk_notice(struct mim_job *job, int32_t code, const char *text)
{
    struct desk *desk = job->core;
    (void)code, (void)text;
    desk->notices++;
    return MIM_OK;
}

static int32_t
desk_open_side(struct mim_job *job, const char *role, const char *uri)
{
    const struct desk *desk = job->core;
    (void)role;
    return desk->side_name && strcmp(desk->side_name, uri) == 0 ? 1 : -MIM_IO;
}

static uint64_t
desk_side_size(struct mim_job *job, int32_t side)
{
    const struct desk *desk = job->core;
    return side == 1 ? desk->side.size : MIM_UNKNOWN;
}

static int64_t
desk_side_read(struct mim_job *job, int32_t side, void *data, uint64_t size, uint64_t offset)
{
    const struct desk *desk = job->core;
    uint64_t left = side == 1 && offset < desk->side.size ? desk->side.size - offset : 0;
    size = size < left ? size : left;
    memcpy(data, desk->side.data + offset, size);
    return (int64_t)size;
}

static const struct mim_host desk_host = {
    .struct_size = sizeof desk_host,
    .major = MIM_PLUGIN_ABI_MAJOR,
    .minor = MIM_PLUGIN_ABI_MINOR,
    .resize = desk_resize,
    .reserve = desk_reserve,
    .limit = desk_limit,
    .poll = desk_poll,
    .log = desk_log,
    .fail = desk_fail,
    .read_at = desk_read,
    .size = desk_size,
    .meta = desk_meta,
    .emit = desk_emit,
    .patch = desk_patch,
    .tell = desk_tell,
    .flags = desk_flags,
    .notice = desk_notice,
    .open_side = desk_open_side,
    .side_size = desk_side_size,
    .side_read = desk_side_read,
};

struct mim_job
desk_job(struct desk *desk, void *state, void *worker)
{
    return (struct mim_job){ .struct_size = sizeof(struct mim_job), .threads = 1, .host = &desk_host, .state = state,
                             .worker = worker, .core = desk };
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
desk_clear(struct desk *desk)
{
    free(desk->sink.data);
    free(desk->coded.data);
    free(desk->meta.data);
    free(desk->side.data);
    *desk = (struct desk){ 0 };
}
