/* SPDX-License-Identifier: MIT */
/**
 * @file
 * A host in memory, to test a plugin's ops without libmim: a source to read, a sink to write, calls that are counted and
 * can be made to fail.
 *
 *     struct mim_test_host host = { .source = { file, size } };
 *     struct mim_job job = mim_test_host_job(&host, state, NULL);
 *     status = ops->open(&job, &sequence);
 *     ...
 *     mim_test_host_clear(&host);
 *
 * Header-only, C only. Jobs of one host may be used from several threads while nothing is emitted, reported or failed.
 */
#ifndef MIM_KIT_TEST_HOST_H
#define MIM_KIT_TEST_HOST_H

#include <stdarg.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <mim/kit/test-bytes.h>
#include <mim/plugin.h>

enum { MIM_TEST_LIMITS = 16 }; /* more than there are */

/** A call that can be made to fail. */
struct mim_test_call {
    _Atomic uint64_t count; /**< calls so far */
    uint64_t fail_at;       /**< the first call that fails, from 1; 0: none does */
    bool fails_on;          /**< all later ones fail as well */
};

/** Set the fields of the first part before the first op; read those of the second at any time. */
struct mim_test_host {
    struct mim_test_bytes source;
    struct mim_test_call allocation, poll;             /**< failing: NULL or NOMEM, CANCELLED */
    struct mim_test_call read, emit, patch;            /**< failing: IO, which the host records as the core does */
    uint64_t max_allocation;                           /**< larger ones are refused; 0: 1 GiB */
    uint64_t limits[MIM_TEST_LIMITS];                  /**< MIM_LIMIT_PIXELS and so on; 0: none */
    uint32_t flags;                                    /**< what flags() returns */
    const char *side_name;                             /**< the uri that open_side() knows; NULL: none */
    struct mim_test_bytes side;                        /**< and its bytes, which are also source 1 of the frames */
    struct mim_origin frame_origin;                    /**< what origin() returns */
    bool lends;                                        /**< view() lends bytes of the source */
    bool keeps_damaged;                                /**< what keep_damaged() answers */
    bool is_coding;                                    /**< emit appends to `coded` instead of `sink` */

    struct mim_test_bytes sink, coded;
    struct mim_test_bytes report; /**< metadata and notices as a string: "KEY=VALUE\n", "notice=TEXT\n" */
    unsigned notices[MIM_NOTICE_COUNT];
    _Atomic int64_t allocated, reserved;      /**< bytes that the plugin holds */
    _Atomic int64_t max_allocated, max_reserved;
    _Atomic uint64_t largest;                 /**< allocation that was asked for */
    int32_t status;                           /**< of the first fail() or failed read or write; MIM_OK: none */
    uint64_t offset;                          /**< and its place in the source */
    char message[300];
};

static inline struct mim_test_host *
mim_test_host_of(const struct mim_job *job)
{
    return (struct mim_test_host *)job->core;
}

static inline bool
mim_test_call_fails(struct mim_test_call *call)
{
    uint64_t number = atomic_fetch_add(&call->count, 1) + 1;
    return call->fail_at && (call->fails_on ? number >= call->fail_at : number == call->fail_at);
}

static inline void
mim_test_note_max(_Atomic int64_t *max, int64_t value)
{
    int64_t old = atomic_load(max);
    while (value > old && !atomic_compare_exchange_weak(max, &old, value)) {
    }
}

static inline void *
mim_test_resize(struct mim_job *job, void *old, uint64_t old_size, uint64_t new_size)
{
    struct mim_test_host *host = mim_test_host_of(job);
    uint64_t before = old ? old_size : 0, max = host->max_allocation ? host->max_allocation : (uint64_t)1 << 30;
    if (!new_size) {
        atomic_fetch_sub(&host->allocated, (int64_t)before);
        free(old);
        return NULL;
    }
    if (new_size > atomic_load(&host->largest))
        atomic_store(&host->largest, new_size);
    if (mim_test_call_fails(&host->allocation) || new_size > max)
        return NULL;
    int64_t delta = (int64_t)(new_size - before);
    mim_test_note_max(&host->max_allocated, atomic_fetch_add(&host->allocated, delta) + delta);
    return realloc(old, new_size);
}

static inline int32_t
mim_test_reserve(struct mim_job *job, int64_t delta)
{
    struct mim_test_host *host = mim_test_host_of(job);
    if (delta > 0 && mim_test_call_fails(&host->allocation))
        return MIM_NOMEM;
    mim_test_note_max(&host->max_reserved, atomic_fetch_add(&host->reserved, delta) + delta);
    return MIM_OK;
}

static inline uint64_t
mim_test_limit(struct mim_job *job, int32_t which)
{
    const struct mim_test_host *host = mim_test_host_of(job);
    return which >= 0 && which < MIM_TEST_LIMITS && host->limits[which] ? host->limits[which] : UINT64_MAX;
}

static inline int32_t
mim_test_poll(struct mim_job *job)
{
    return mim_test_call_fails(&mim_test_host_of(job)->poll) ? MIM_CANCELLED : MIM_OK;
}

static inline void
mim_test_log(struct mim_job *job, int32_t level, const char *text)
{
    (void)job, (void)level, (void)text;
}

__attribute__((format(printf, 4, 5))) static inline int32_t
mim_test_fail(struct mim_job *job, int32_t status, uint64_t offset, const char *format, ...)
{
    struct mim_test_host *host = mim_test_host_of(job);
    va_list arguments;
    if (host->status != MIM_OK)
        return host->status;
    va_start(arguments, format);
    vsnprintf(host->message, sizeof host->message, format, arguments);
    va_end(arguments);
    host->status = status;
    host->offset = offset;
    return status;
}

static inline int64_t
mim_test_copy_from(const struct mim_test_bytes *bytes, void *data, uint64_t size, uint64_t offset)
{
    uint64_t left = offset < bytes->size ? bytes->size - offset : 0;
    size = size < left ? size : left;
    if (size)
        memcpy(data, bytes->data + offset, size);
    return (int64_t)size;
}

static inline int64_t
mim_test_read_at(struct mim_job *job, void *data, uint64_t size, uint64_t offset)
{
    struct mim_test_host *host = mim_test_host_of(job);
    if (mim_test_call_fails(&host->read)) {
        mim_test_fail(job, MIM_IO, offset, "the source cannot be read");
        return -MIM_IO;
    }
    return mim_test_copy_from(&host->source, data, size, offset);
}

static inline const void *
mim_test_view(struct mim_job *job, uint64_t offset, uint64_t size)
{
    const struct mim_test_bytes *source = &mim_test_host_of(job)->source;
    bool has_bytes = offset <= source->size && size <= source->size - offset;
    return mim_test_host_of(job)->lends && has_bytes ? source->data + offset : NULL;
}

static inline uint64_t
mim_test_size(struct mim_job *job)
{
    return mim_test_host_of(job)->source.size;
}

static inline void
mim_test_report_number(struct mim_test_bytes *report, int32_t type, const void *value)
{
    int64_t whole;
    double real;
    memcpy(&whole, value, sizeof whole);
    memcpy(&real, value, sizeof real);
    if (type == MIM_META_REAL || type == MIM_META_REALS)
        mim_test_bytes_printf(report, "%.17g", real);
    else
        mim_test_bytes_printf(report, "%lld", (long long)whole);
}

/** Text as it is, bytes in hexadecimal, numbers with commas between. */
static inline int32_t
mim_test_meta(struct mim_job *job, const char *key, int32_t type, const void *value, uint64_t size)
{
    struct mim_test_bytes *report = &mim_test_host_of(job)->report;
    const uint8_t *bytes = (const uint8_t *)value;
    type &= MIM_META_TYPE_MASK;
    mim_test_bytes_printf(report, "%s=", key);
    if (type == MIM_META_TEXT || type == MIM_META_TIME)
        mim_test_bytes_append(report, value, size);
    else if (type == MIM_META_BYTES)
        for (uint64_t i = 0; i < size; i++)
            mim_test_bytes_printf(report, "%02x", bytes[i]);
    else
        for (uint64_t i = 0; i + 8 <= size; i += 8) {
            mim_test_bytes_append(report, ",", i > 0);
            mim_test_report_number(report, type, bytes + i);
        }
    mim_test_bytes_append(report, "\n", 1);
    return MIM_OK;
}

static inline int32_t
mim_test_emit(struct mim_job *job, const void *data, uint64_t size)
{
    struct mim_test_host *host = mim_test_host_of(job);
    if (mim_test_call_fails(&host->emit)) {
        mim_test_fail(job, MIM_IO, MIM_UNKNOWN, "the sink cannot be written");
        return MIM_IO;
    }
    mim_test_bytes_append(host->is_coding ? &host->coded : &host->sink, data, size);
    return MIM_OK;
}

static inline int32_t
mim_test_patch(struct mim_job *job, const void *data, uint64_t size, uint64_t offset)
{
    struct mim_test_host *host = mim_test_host_of(job);
    if (mim_test_call_fails(&host->patch)) {
        mim_test_fail(job, MIM_IO, MIM_UNKNOWN, "the sink cannot be written");
        return MIM_IO;
    }
    mim_test_bytes_put(&host->sink, offset, data, size);
    return MIM_OK;
}

static inline int64_t
mim_test_read_back(struct mim_job *job, void *data, uint64_t size, uint64_t offset)
{
    return mim_test_copy_from(&mim_test_host_of(job)->sink, data, size, offset);
}

static inline uint64_t
mim_test_tell(struct mim_job *job)
{
    return mim_test_host_of(job)->sink.size;
}

static inline uint32_t
mim_test_flags(struct mim_job *job)
{
    return mim_test_host_of(job)->flags;
}

static inline int32_t
mim_test_notice(struct mim_job *job, int32_t code, const char *text)
{
    struct mim_test_host *host = mim_test_host_of(job);
    if (code >= 0 && code < MIM_NOTICE_COUNT)
        host->notices[code]++;
    mim_test_bytes_printf(&host->report, "notice=%s\n", text);
    return MIM_OK;
}

static inline int32_t
mim_test_open_side(struct mim_job *job, const char *role, const char *uri)
{
    const struct mim_test_host *host = mim_test_host_of(job);
    (void)role;
    return host->side_name && uri && !strcmp(host->side_name, uri) ? 1 : -MIM_IO;
}

static inline int32_t
mim_test_open_source(struct mim_job *job, uint32_t number)
{
    return number == 1 && mim_test_host_of(job)->side.size ? 1 : -MIM_UNSUPPORTED;
}

static inline const struct mim_offer *
mim_test_offered(struct mim_job *job, uint32_t number, uint32_t i)
{
    (void)job, (void)number, (void)i;
    return NULL;
}

static inline void
mim_test_close_side(struct mim_job *job, int32_t side)
{
    (void)job, (void)side;
}

static inline void
mim_test_origin(struct mim_job *job, struct mim_origin *origin)
{
    const struct mim_origin *known = &mim_test_host_of(job)->frame_origin;
    origin->source = known->source;
    origin->time = known->source ? known->time : MIM_NO_PTS;
}

/** Forgets the failure if the host keeps damaged frames. Clears nothing. */
static inline int32_t
mim_test_keep_damaged(struct mim_job *job, struct mim_raster *raster, const struct mim_rect *lost)
{
    struct mim_test_host *host = mim_test_host_of(job);
    (void)raster, (void)lost;
    if (host->keeps_damaged)
        host->status = MIM_OK;
    return host->status;
}

static inline int32_t
mim_test_offer(struct mim_job *job, const struct mim_offer *offer)
{
    mim_test_bytes_printf(&mim_test_host_of(job)->report, "offer=%d:%u:%s\n", (int)offer->kind, (unsigned)offer->index,
                          offer->text);
    return MIM_OK;
}

static inline int64_t
mim_test_side_read(struct mim_job *job, int32_t side, void *data, uint64_t size, uint64_t offset)
{
    return side == 1 ? mim_test_copy_from(&mim_test_host_of(job)->side, data, size, offset) : -MIM_ARGUMENT;
}

static inline uint64_t
mim_test_side_size(struct mim_job *job, int32_t side)
{
    return side == 1 ? mim_test_host_of(job)->side.size : MIM_UNKNOWN;
}

static inline uint32_t
mim_test_min(uint32_t a, uint32_t b)
{
    return a < b ? a : b;
}

/* Bytes. */
static const uint8_t mim_test_sample_sizes[] = { [MIM_SAMPLE_U8] = 1,  [MIM_SAMPLE_I8] = 1,  [MIM_SAMPLE_INDEX8] = 1,
                                                 [MIM_SAMPLE_U16] = 2, [MIM_SAMPLE_I16] = 2, [MIM_SAMPLE_U32] = 4,
                                                 [MIM_SAMPLE_I32] = 4, [MIM_SAMPLE_F32] = 4, [MIM_SAMPLE_U64] = 8,
                                                 [MIM_SAMPLE_I64] = 8, [MIM_SAMPLE_F64] = 8 };

/** Polls through the job's host for every row, and compares pixel by pixel. Other hosts in tests may use it as well. */
static inline int32_t
mim_test_find_changes(struct mim_job *job, const struct mim_raster *one, const struct mim_raster *other,
                      struct mim_rect *rect)
{
    uint64_t pixel = (uint64_t)mim_test_sample_sizes[one->sample] * one->channels;
    uint32_t left = UINT32_MAX, top = UINT32_MAX, right = 0, bottom = 0;
    for (uint32_t y = 0; y < one->height; y++) {
        int32_t status = job->host->poll(job);
        if (status != MIM_OK)
            return status;
        for (uint32_t x = 0; x < one->width; x++) {
            if (!memcmp(one->data + y * one->stride + x * pixel, other->data + y * other->stride + x * pixel, pixel))
                continue;
            left = mim_test_min(left, x);
            top = mim_test_min(top, y);
            right = right > x ? right : x + 1;
            bottom = y + 1;
        }
    }
    memset(rect, 0, sizeof *rect);
    if (bottom)
        *rect = (struct mim_rect){ left, top, right - left, bottom - top };
    return MIM_OK;
}

static const struct mim_host mim_test_host_table = {
    .struct_size = sizeof mim_test_host_table,
    .major = MIM_PLUGIN_ABI_MAJOR,
    .minor = MIM_PLUGIN_ABI_MINOR,
    .resize = mim_test_resize,
    .reserve = mim_test_reserve,
    .limit = mim_test_limit,
    .poll = mim_test_poll,
    .log = mim_test_log,
    .fail = mim_test_fail,
    .read_at = mim_test_read_at,
    .size = mim_test_size,
    .meta = mim_test_meta,
    .emit = mim_test_emit,
    .patch = mim_test_patch,
    .read_back = mim_test_read_back,
    .tell = mim_test_tell,
    .flags = mim_test_flags,
    .notice = mim_test_notice,
    .open_side = mim_test_open_side,
    .side_read = mim_test_side_read,
    .side_size = mim_test_side_size,
    .offer = mim_test_offer,
    .open_source = mim_test_open_source,
    .offered = mim_test_offered,
    .close_side = mim_test_close_side,
    .origin = mim_test_origin,
    .keep_damaged = mim_test_keep_damaged,
    .find_changes = mim_test_find_changes,
    .view = mim_test_view,
};

/** A job of this host: the serial one, or with a worker's memory. `state` and `worker` are the caller's. */
static inline struct mim_job
mim_test_host_job(struct mim_test_host *host, void *state, void *worker)
{
    struct mim_job job = { .struct_size = sizeof job,
                           .threads = 1,
                           .host = &mim_test_host_table,
                           .state = state,
                           .worker = worker,
                           .core = host };
    return job;
}

/** Was this line reported, or one that contains it? */
static inline bool
mim_test_host_reported(const struct mim_test_host *host, const char *line)
{
    return host->report.data && strstr((const char *)host->report.data, line);
}

/** Forget the error of an op before the next one, as the core does. */
static inline void
mim_test_host_next(struct mim_test_host *host)
{
    host->status = MIM_OK;
    host->message[0] = '\0';
}

/** Forget errors, reports and counts; source, sink and what the plugin holds stay. */
static inline void
mim_test_host_forget(struct mim_test_host *host)
{
    host->report.size = 0;
    if (host->report.data)
        host->report.data[0] = '\0';
    memset(host->notices, 0, sizeof host->notices);
    mim_test_host_next(host);
    atomic_store(&host->allocation.count, 0);
    atomic_store(&host->read.count, 0);
    atomic_store(&host->emit.count, 0);
    atomic_store(&host->patch.count, 0);
    atomic_store(&host->poll.count, 0);
}

/** Free all but the source, which is the caller's. Returns whether the plugin gave back all memory. */
static inline bool
mim_test_host_clear(struct mim_test_host *host)
{
    free(host->sink.data);
    free(host->coded.data);
    free(host->side.data);
    free(host->report.data);
    host->sink = host->coded = host->side = host->report = (struct mim_test_bytes){ 0 };
    return atomic_load(&host->allocated) == 0 && atomic_load(&host->reserved) == 0;
}

/** Return the sink, which is now the caller's, and clear the host. */
static inline struct mim_test_bytes
mim_test_host_take(struct mim_test_host *host)
{
    struct mim_test_bytes sink = host->sink;
    host->sink = (struct mim_test_bytes){ 0 };
    mim_test_host_clear(host);
    return sink;
}

#endif
