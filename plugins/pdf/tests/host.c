/* SPDX-License-Identifier: MIT */
/* The small host of the tests. */
#include "host.h"

#include <stdio.h>

void
bytes_put(struct bytes *bytes, const void *data, uint64_t size)
{
    if (bytes->size + size + 1 > bytes->room) {
        bytes->room = (bytes->size + size + 1) * 2;
        bytes->data = realloc(bytes->data, bytes->room);
    }
    if (size)
        memcpy(bytes->data + bytes->size, data, size);
    bytes->size += size;
    bytes->data[bytes->size] = '\0';
}

void
bytes_say(struct bytes *bytes, const char *format, ...)
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
desk_resize(struct mim_job *job, void *old, uint64_t old_size, uint64_t new_size)
{
    struct desk *desk = job->core;
    if (new_size == 0) {
        desk->held -= old ? old_size : 0;
        free(old);
        return NULL;
    }
    if (++desk->allocs == desk->fail_alloc || new_size > 1u << 30)
        return NULL;
    desk->held += new_size - (old ? old_size : 0);
    return realloc(old, new_size);
}

static int32_t
desk_reserve(struct mim_job *job, int64_t delta)
{
    struct desk *desk = job->core;
    if (delta > 0 && ++desk->allocs == desk->fail_alloc)
        return MIM_NOMEM;
    desk->reserved += delta;
    if (desk->reserved > desk->most_reserved)
        desk->most_reserved = desk->reserved;
    return MIM_OK;
}

static uint64_t
desk_limit(struct mim_job *job, int32_t which)
{
    (void)job, (void)which;
    return UINT64_MAX;
}

static int32_t
desk_poll(struct mim_job *job)
{
    struct desk *desk = job->core;
    return ++desk->polls >= desk->stop_poll && desk->stop_poll ? MIM_CANCELLED : MIM_OK;
}

static int32_t
desk_fail(struct mim_job *job, int32_t status, uint64_t offset, const char *format, ...)
{
    struct desk *desk = job->core;
    va_list arguments;
    (void)offset;
    va_start(arguments, format);
    vsnprintf(desk->text, sizeof desk->text, format, arguments);
    va_end(arguments);
    desk->status = status;
    return status;
}

static int64_t
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
    const struct desk *desk = job->core;
    return desk->source_size;
}

static int32_t
desk_meta(struct mim_job *job, const char *key, int32_t type, const void *value, uint64_t size)
{
    struct desk *desk = job->core;
    int32_t plain = type & MIM_META_TYPE_MASK;
    int64_t whole = 0;
    if (plain == MIM_META_INT)
        memcpy(&whole, value, sizeof whole);
    if (plain == MIM_META_TEXT || plain == MIM_META_TIME)
        bytes_say(&desk->meta, "%s=%.*s\n", key, (int)size, (const char *)value);
    else
        bytes_say(&desk->meta, "%s=%lld\n", key, (long long)whole);
    return MIM_OK;
}

static int32_t
desk_emit(struct mim_job *job, const void *data, uint64_t size)
{
    struct desk *desk = job->core;
    bytes_put(desk->is_coding ? &desk->coded : &desk->sink, data, size);
    return MIM_OK;
}

static uint64_t
desk_tell(struct mim_job *job)
{
    const struct desk *desk = job->core;
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

static const struct mim_host desk_host = {
    .struct_size = sizeof desk_host,
    .major = MIM_PLUGIN_ABI_MAJOR,
    .minor = MIM_PLUGIN_ABI_MINOR,
    .resize = desk_resize,
    .reserve = desk_reserve,
    .limit = desk_limit,
    .poll = desk_poll,
    .fail = desk_fail,
    .read_at = desk_read,
    .size = desk_size,
    .meta = desk_meta,
    .emit = desk_emit,
    .tell = desk_tell,
    .flags = desk_flags,
    .notice = desk_notice,
};

struct mim_job
desk_job(struct desk *desk, void *state, void *worker)
{
    return (struct mim_job){ .struct_size = sizeof(struct mim_job),
                             .threads = 1,
                             .host = &desk_host,
                             .state = state,
                             .worker = worker,
                             .core = desk };
}

void
desk_clear(struct desk *desk)
{
    free(desk->sink.data);
    free(desk->coded.data);
    free(desk->meta.data);
    *desk = (struct desk){ 0 };
}

/* Fontconfig keeps a few hundred bytes from its first use on, and loses sight of them. */
const char *__lsan_default_suppressions(void);
const char *
__lsan_default_suppressions(void)
{
    return "leak:libfontconfig\n";
}
