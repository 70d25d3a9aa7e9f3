/* SPDX-License-Identifier: MIT */
/* The host table: the core's services for plugins. */
#include "plugin/host-priv.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/cancel.h"
#include "base/error.h"
#include "frame/dirty-rect.h"
#include "frame/frame.h"
#include "frame/meta.h"
#include "io/sink.h"
#include "io/source.h"
#include "plugin/coded-parts.h"
#include "plugin/job.h"
#include "plugin/operation.h"

int32_t
mim_host_result(struct mim_core_job *job, enum mim_status status, const struct mim_error *error)
{
    if (status == MIM_OK)
        return MIM_OK;
    if (!job->host_failed)
        job->error = *error;
    return mim_job_host_failure(job, status);
}

static bool
charge_memory(struct mim_core_job *job, uint64_t bytes)
{
    if (mim_memory_budget_charge(&job->operation->budget, bytes))
        return true;
    job->refused = true;
    job->error.needed = bytes;
    return false;
}

static void *
host_resize(struct mim_job *abi, void *old, uint64_t old_size, uint64_t new_size)
{
    struct mim_core_job *job = abi->core;
    uint64_t before = old ? old_size : 0, more = new_size > before ? new_size - before : 0;
    if (more && !charge_memory(job, more))
        return NULL;

    void *moved = NULL;
    if (!new_size)
        free(old);
    else if (new_size <= PTRDIFF_MAX)
        moved = realloc(old, new_size);
    uint64_t after = moved || !new_size ? new_size : before;
    mim_memory_budget_refund(&job->operation->budget, before + more - after);
    return moved;
}

static int32_t
host_reserve(struct mim_job *abi, int64_t delta)
{
    struct mim_core_job *job = abi->core;
    if (delta > 0 && job->opens_encoder)
        mim_memory_budget_raise(&job->operation->budget, (uint64_t)delta);
    if (delta > 0)
        return charge_memory(job, (uint64_t)delta) ? MIM_OK : MIM_NOMEM;
    mim_memory_budget_refund(&job->operation->budget, -(uint64_t)delta);
    return MIM_OK;
}

static uint64_t
milliseconds_left(const struct mim_operation *operation)
{
    if (operation->deadline_ms == INT64_MAX)
        return MIM_NO_LIMIT;
    int64_t left = operation->deadline_ms - mim_clock_ms();
    return left > 0 ? (uint64_t)left : 0;
}

static uint64_t
host_limit(struct mim_job *abi, int32_t which)
{
    struct mim_operation *operation = ((struct mim_core_job *)abi->core)->operation;
    const struct mim_limits *limits = &operation->control.limits;
    switch (which) {
    case MIM_LIMIT_PIXELS:
        return limits->frame_pixels;
    case MIM_LIMIT_FRAMES:
        return limits->frames;
    case MIM_LIMIT_METADATA:
        return limits->metadata_bytes;
    case MIM_LIMIT_WORKING:
        return mim_memory_budget_free(&operation->budget);
    case MIM_LIMIT_MILLISECONDS:
        return milliseconds_left(operation);
    }
    return MIM_NO_LIMIT;
}

static int32_t
host_poll(struct mim_job *abi)
{
    struct mim_core_job *job = abi->core;
    if (mim_operation_poll(job->operation, NULL) == MIM_OK)
        return MIM_OK;
    return mim_job_host_failure(job, mim_operation_poll(job->operation, &job->error));
}

static void
host_log(struct mim_job *abi, int32_t level, const char *text)
{
    struct mim_core_job *job = abi->core;
    mim_operation_log(job->operation, level, text);
}

static int32_t host_fail(struct mim_job *abi, int32_t status, uint64_t offset, const char *fmt, ...)
    __attribute__((format(printf, 4, 5)));

static int32_t
host_fail(struct mim_job *abi, int32_t status, uint64_t offset, const char *fmt, ...)
{
    struct mim_core_job *job = abi->core;
    if (job->failed != MIM_OK)
        return job->failed;

    uint64_t needed = job->error.needed; /* of a refused allocation: mim_job_end() sets the error */
    va_list args;
    va_start(args, fmt);
    mim_fail_va(&job->error, (enum mim_status)status, fmt, args);
    va_end(args);
    job->error.offset = offset;
    job->error.needed = job->refused ? needed : 0;
    mim_job_note_failure(job, (enum mim_status)status);
    return status;
}

static int32_t
host_notice(struct mim_job *abi, int32_t code, const char *text)
{
    struct mim_core_job *job = abi->core;
    struct mim_error error;
    if (job->is_muted)
        return MIM_OK;
    const struct mim_notice_origin origin = { .frame = job->frame,
                                              .place = job->frame == MIM_UNKNOWN ? 0 : job->frame,
                                              .step = job->step };
    enum mim_status status = mim_operation_notice_at(job->operation, (enum mim_notice_code)code, &origin, text, &error);
    return mim_host_result(job, status, &error);
}

static int32_t
host_meta(struct mim_job *abi, const char *key, int32_t type, const void *value, uint64_t size)
{
    struct mim_core_job *job = abi->core;
    if (!job->meta)
        return MIM_ARGUMENT;

    uint64_t limit = job->operation->control.limits.metadata_bytes, used = mim_meta_bytes(job->meta);
    struct mim_error error;
    if (size > limit || used > limit - size) {
        char text[160];
        snprintf(text, sizeof text, "'%.60s' of %" PRIu64 " bytes is ignored: it exceeds the limit metadata=%" PRIu64, key,
                 size, limit);
        return host_notice(abi, MIM_NOTICE_METADATA, text);
    }
    enum mim_status status = mim_meta_set(job->meta, key, type, value, size, &error);
    return status == MIM_NOMEM ? mim_host_result(job, status, &error) : (int32_t)status;
}

static int32_t
host_offer(struct mim_job *abi, const struct mim_offer *offer)
{
    struct mim_core_job *job = abi->core;
    struct mim_error error;
    if (!job->offers || !offer->text)
        return MIM_ARGUMENT;
    return mim_host_result(job, mim_offers_add(job->offers, offer, job->operation->control.limits.metadata_bytes, &error),
                       &error);
}

static void
host_origin(struct mim_job *abi, struct mim_origin *origin)
{
    static const struct mim_origin unknown = { .time = MIM_NO_PTS };
    const struct mim_core_job *job = abi->core;
    const struct mim_origin *known = job->origin ? job->origin : &unknown;
    origin->source = known->source;
    origin->time = known->time;
}

static int32_t
host_emit(struct mim_job *abi, const void *data, uint64_t size)
{
    struct mim_core_job *job = abi->core;
    if (!size)
        return MIM_OK;
    if (job->coded)
        return mim_coded_append(job->coded, abi, data, size) ? MIM_OK : MIM_NOMEM;
    if (!job->operation->sink)
        return MIM_ARGUMENT;
    struct mim_error error;
    return mim_host_result(job, mim_sink_write(job->operation->sink, data, size, &error), &error);
}

static int32_t
host_patch(struct mim_job *abi, const void *data, uint64_t size, uint64_t offset)
{
    struct mim_core_job *job = abi->core;
    if (job->coded || !job->operation->sink)
        return MIM_ARGUMENT;
    struct mim_error error;
    return mim_host_result(job, mim_sink_patch(job->operation->sink, data, size, offset, &error), &error);
}

static int64_t
host_read_back(struct mim_job *abi, void *data, uint64_t size, uint64_t offset)
{
    struct mim_core_job *job = abi->core;
    if (job->coded || !job->operation->sink)
        return -MIM_ARGUMENT;
    struct mim_error error;
    int64_t got = mim_sink_read_back(job->operation->sink, data, size, offset, &error);
    return got >= 0 ? got : -(int64_t)mim_host_result(job, (enum mim_status) - got, &error);
}

static uint64_t
host_tell(struct mim_job *abi)
{
    struct mim_core_job *job = abi->core;
    if (job->coded)
        return job->coded->size;
    return job->operation->sink ? mim_sink_tell(job->operation->sink) : 0;
}

static uint32_t
host_flags(struct mim_job *abi)
{
    const struct mim_operation *operation = ((struct mim_core_job *)abi->core)->operation;
    bool is_remote = operation->source && mim_source_is_remote(operation->source);
    return operation->host_flags | (is_remote ? MIM_HOST_REMOTE : 0);
}

static int32_t
host_find_changes(struct mim_job *abi, const struct mim_raster *one, const struct mim_raster *other,
                  struct mim_rect *rect)
{
    enum { PIXELS_PER_POLL = 1 << 20 };
    struct mim_dirty_rect dirty = { 0 };
    uint32_t rows = PIXELS_PER_POLL / (one->width ? one->width : 1) + 1;
    bool same_shape = one->width == other->width && one->height == other->height && one->channels == other->channels &&
                      one->sample == other->sample;
    if (!same_shape)
        return host_fail(abi, MIM_ARGUMENT, MIM_UNKNOWN, "rasters of different shapes cannot be compared");

    for (uint32_t y = 0; y < one->height; y += rows) {
        uint32_t left = one->height - y;
        int32_t status = host_poll(abi);
        if (status != MIM_OK)
            return status;
        rows = rows < left ? rows : left;
        mim_dirty_rect_add(&dirty, one, other, y, y + rows);
    }
    *rect = (struct mim_rect){ dirty.left, dirty.top, dirty.right - dirty.left, dirty.bottom - dirty.top };
    return MIM_OK;
}

/* Samples of one bit are cleared by whole bytes. */
static void
clear_rectangle(struct mim_raster *raster, const struct mim_rect *rect)
{
    uint64_t first = 0, end = 0;
    enum mim_sample sample = (enum mim_sample)raster->sample;
    mim_row_bytes(sample == MIM_SAMPLE_U1 ? rect->x / 8 * 8 : rect->x, raster->channels, sample, &first);
    mim_row_bytes(rect->x + rect->width, raster->channels, sample, &end);
    for (uint32_t y = rect->y; y < rect->y + rect->height; y++)
        memset(raster->data + y * raster->stride + first, 0, end - first);
}

static int32_t
host_keep_damaged(struct mim_job *abi, struct mim_raster *raster, const struct mim_rect *lost)
{
    struct mim_core_job *job = abi->core;
    bool is_damage = job->failed == MIM_CORRUPT || job->failed == MIM_TRUNCATED;
    bool goes_on = job->failed == MIM_OK && job->lost.status != MIM_OK;
    if (!goes_on && (!is_damage || job->host_failed || !job->operation->keeps_damaged))
        return job->failed == MIM_OK ? MIM_ARGUMENT : (int32_t)job->failed;
    if (!goes_on && job->lost.status == MIM_OK) {
        job->lost = job->error;
        job->lost.needed = 0;
    }
    if (lost) {
        if (raster)
            clear_rectangle(raster, lost);
        job->lost.needed += (uint64_t)lost->width * lost->height;
    }
    job->failed = MIM_OK;
    return MIM_OK;
}

static const void *
host_get_extension(const char *name)
{
    (void)name;
    return NULL;
}

const struct mim_host mim_host_table = {
    .struct_size = sizeof(struct mim_host),
    .major = MIM_PLUGIN_ABI_MAJOR,
    .minor = MIM_PLUGIN_ABI_MINOR,
    .resize = host_resize,
    .reserve = host_reserve,
    .limit = host_limit,
    .poll = host_poll,
    .log = host_log,
    .fail = host_fail,
    .read_at = mim_host_read_at,
    .size = mim_host_size,
    .meta = host_meta,
    .emit = host_emit,
    .patch = host_patch,
    .read_back = host_read_back,
    .tell = host_tell,
    .flags = host_flags,
    .notice = host_notice,
    .open_side = mim_host_open_side,
    .side_read = mim_host_side_read,
    .side_size = mim_host_side_size,
    .get_extension = host_get_extension,
    .find_changes = host_find_changes,
    .offer = host_offer,
    .open_source = mim_host_open_source,
    .offered = mim_host_offered,
    .close_side = mim_host_close_side,
    .origin = host_origin,
    .view = mim_host_view,
    .keep_damaged = host_keep_damaged,
};
