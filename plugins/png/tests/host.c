/* SPDX-License-Identifier: MIT */
/* A host of a few lines. */
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
    struct desk *desk = job->core;
    int64_t before = old ? (int64_t)old_size : 0;

    if (!new_size) {
        free(old);
        desk->held -= before;
        return NULL;
    }
    if (new_size > desk->most_asked)
        desk->most_asked = new_size;
    if (++desk->allocs == desk->fail_alloc || new_size > 1U << 28)
        return NULL;
    desk->held += (int64_t)new_size - before;
    if (desk->held > desk->most_held)
        desk->most_held = desk->held;
    return realloc(old, new_size);
}

static int32_t
reserve(struct mim_job *job, int64_t delta)
{
    struct desk *desk = job->core;

    if (delta > 0 && ++desk->allocs == desk->fail_alloc)
        return MIM_NOMEM;
    desk->reserved += delta;
    return MIM_OK;
}

static uint64_t
limit(struct mim_job *job, int32_t which)
{
    const struct desk *desk = job->core;
    uint64_t most = which == MIM_LIMIT_METADATA ? desk->limit_metadata
                    : which == MIM_LIMIT_FRAMES ? desk->limit_frames
                                                : 0;

    return most ? most : UINT64_MAX;
}

static int32_t
poll_nothing(struct mim_job *job)
{
    (void)job;
    return MIM_OK;
}

static void
log_nothing(struct mim_job *job, int32_t level, const char *text)
{
    (void)job, (void)level, (void)text;
}

static int32_t
fail_op(struct mim_job *job, int32_t status, uint64_t offset, const char *format, ...)
{
    struct desk *desk = job->core;
    va_list arguments;
    (void)offset;

    if (desk->status != MIM_OK)
        return desk->status;
    va_start(arguments, format);
    vsnprintf(desk->text, sizeof desk->text, format, arguments);
    va_end(arguments);
    desk->status = status;
    return status;
}

static int64_t
read_at(struct mim_job *job, void *data, uint64_t size, uint64_t offset)
{
    struct desk *desk = job->core;
    uint64_t left = offset < desk->source.size ? desk->source.size - offset : 0;

    if (++desk->reads == desk->fail_read)
        return -MIM_IO;
    size = size < left ? size : left;
    if (size)
        memcpy(data, desk->source.data + offset, size);
    return (int64_t)size;
}

static uint64_t
size_of(struct mim_job *job)
{
    return ((struct desk *)job->core)->source.size;
}

static void
say(struct desk *desk, const char *key, const char *value)
{
    size_t used = strlen(desk->said);

    snprintf(desk->said + used, sizeof desk->said - used, "%s=%s\n", key, value);
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
    say(job->core, key, text);
    return MIM_OK;
}

static int32_t
emit(struct mim_job *job, const void *data, uint64_t size)
{
    struct desk *desk = job->core;

    if (++desk->emits == desk->fail_emit)
        return MIM_IO;
    blob_add(desk->is_coding ? &desk->coded : &desk->sink, data, size);
    return MIM_OK;
}

static int32_t
patch(struct mim_job *job, const void *data, uint64_t size, uint64_t offset)
{
    struct desk *desk = job->core;

    CHECK(offset + size <= desk->sink.size);
    memcpy(desk->sink.data + offset, data, size);
    return MIM_OK;
}

static uint64_t
tell(struct mim_job *job)
{
    return ((struct desk *)job->core)->sink.size;
}

static int32_t
notice(struct mim_job *job, int32_t code, const char *text)
{
    (void)code;
    say(job->core, "notice", text);
    return MIM_OK;
}

static const struct mim_host table = {
    .struct_size = sizeof table,
    .major = MIM_PLUGIN_ABI_MAJOR,
    .minor = MIM_PLUGIN_ABI_MINOR,
    .resize = resize,
    .reserve = reserve,
    .limit = limit,
    .poll = poll_nothing,
    .log = log_nothing,
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
desk_job(struct desk *desk, void *state, void *worker)
{
    return (struct mim_job){ .struct_size = sizeof(struct mim_job),
                             .threads = 1,
                             .host = &table,
                             .state = state,
                             .worker = worker,
                             .core = desk };
}

void
desk_forget(struct desk *desk)
{
    desk->status = MIM_OK;
    desk->text[0] = desk->said[0] = '\0';
    desk->allocs = desk->reads = desk->emits = desk->most_asked = 0;
}

void
desk_clear(struct desk *desk)
{
    CHECK(desk->held == 0 && desk->reserved == 0);
    free(desk->sink.data);
    free(desk->coded.data);
    *desk = (struct desk){ 0 };
}

bool
desk_said(const struct desk *desk, const char *line)
{
    return strstr(desk->said, line) != NULL;
}
