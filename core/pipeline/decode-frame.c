/* SPDX-License-Identifier: MIT */
/* Memory and pixels of one frame in the reading pipeline. */
#include "pipeline/decode-frame.h"

#include <inttypes.h>
#include <string.h>

#include "base/error.h"
#include "base/sample.h"
#include "base/size.h"
#include "frame/buffer.h"
#include "frame/meta.h"
#include "io/source-map.h"
#include "io/source.h"

#define PALETTE_BYTES 1024
#define RAW_PART (4u << 20) /* bytes that one thread reads at a time */

static struct mim_raster
native_shape(const struct mim_decode_frame_route *route, const struct mim_frame_info *info)
{
    if (route->canvas)
        return route->canvas->raster;
    return (struct mim_raster){
        .sample = info->sample, .width = info->width, .height = info->height, .channels = info->channels
    };
}

enum mim_status
mim_decode_frame_shape(const struct mim_decode_frame_route *route, const struct mim_frame_info *info,
                       struct mim_conversion *conversion, struct mim_raster *out, struct mim_error *err)
{
    struct mim_raster native = native_shape(route, info);
    enum mim_status status =
        mim_conversion_plan((enum mim_sample)native.sample, native.channels, route->target, conversion, err);
    *out = (struct mim_raster){ .struct_size = sizeof *out,
                                .sample = conversion->to_sample,
                                .width = native.width,
                                .height = native.height,
                                .channels = conversion->to_channels };
    return status;
}

bool
mim_decode_frame_is_raw(const struct mim_decode_frame *frame)
{
    return frame->info.flags & MIM_FRAME_RAW;
}

/* Choose a stride; the picture's bytes. UINT64_MAX when the numbers do not fit. */
static uint64_t
lay_out(struct mim_raster *raster, bool packed)
{
    uint64_t row = 0, size = 0;
    if (!mim_row_bytes(raster->width, raster->channels, (enum mim_sample)raster->sample, &row))
        return UINT64_MAX;
    raster->stride = packed ? row : mim_aligned_stride(row, raster->height);
    return mim_picture_bytes(raster->height, raster->stride, &size) ? size : UINT64_MAX;
}

/* The limit is there for the memory: each four channels of a pixel count as one. */
static enum mim_status
check_pixels_limit(const struct mim_decode_frame *frame, const struct mim_decode_frame_route *route,
                   struct mim_error *err)
{
    uint64_t pixels = (uint64_t)frame->out.width * frame->out.height,
             max = route->operation->control.limits.frame_pixels;
    uint32_t weight = (frame->out.channels - 1) / 4 + 1;
    if (!mim_size_mul(pixels, weight, &pixels))
        pixels = UINT64_MAX;
    if (pixels <= max)
        return MIM_OK;
    if (weight == 1)
        return mim_fail_limit(err, pixels, max, "%ux%u are %" PRIu64 " pixels, and the limit is %" PRIu64 " per frame",
                              frame->out.width, frame->out.height, pixels, max);
    return mim_fail_limit(err, pixels, max,
                          "%ux%u with %u channels count as %" PRIu64 " pixels, and the limit is %" PRIu64 " per frame",
                          frame->out.width, frame->out.height, frame->out.channels, pixels, max);
}

uint64_t
mim_decode_frame_packed_bytes(const struct mim_decode_frame *frame)
{
    uint64_t row = 0, size = 0;
    mim_row_bytes(frame->out.width, frame->out.channels, (enum mim_sample)frame->out.sample, &row);
    mim_picture_bytes(frame->out.height, row, &size);
    return size;
}

static enum mim_status
check_result(const struct mim_decode_frame *frame, const struct mim_decode_frame_route *route, struct mim_error *err)
{
    if (!route->result || !frame->is_wanted)
        return MIM_OK;
    uint64_t needed = 0, limit = route->result->limit, more = mim_decode_frame_packed_bytes(frame);
    if (mim_size_add(route->result->admitted, more, &needed) && needed <= limit)
        return MIM_OK;
    return mim_fail_limit(err, needed, limit,
                          "the result is over its budget: up to this frame it has %" PRIu64
                          " bytes of pixels, and %" PRIu64 " are allowed",
                          needed, limit);
}

/* Before memory is asked for: a header may claim what the file does not hold. */
static enum mim_status
check_raw_in_source(const struct mim_decode_frame *frame, struct mim_error *err)
{
    const struct mim_frame_info *info = &frame->info;
    uint64_t row = 0, end = 0, size = mim_source_known_size(frame->source);
    bool fits = mim_row_bytes(info->width, info->channels, (enum mim_sample)info->sample, &row) &&
                info->raw_stride >= row && mim_size_mul(info->raw_stride, info->height - 1, &end) &&
                mim_size_add(end, row, &end) && mim_size_add(end, info->raw_offset, &end);
    if (!fits)
        return mim_fail(err, MIM_CORRUPT, "rows of %" PRIu64 " bytes that lie %" PRIu64 " bytes apart", row,
                        info->raw_stride);
    if (size != MIM_UNKNOWN && end > size) {
        mim_fail(err, MIM_TRUNCATED, "its samples end at byte %" PRIu64 ", the file ends at %" PRIu64, end, size);
        if (err)
            err->offset = size;
        return MIM_TRUNCATED;
    }
    return MIM_OK;
}

static uint32_t
raw_rows_per_part(const struct mim_decode_frame *frame)
{
    uint64_t rows = RAW_PART / (frame->info.raw_stride ? frame->info.raw_stride : 1);
    return rows < 1 ? 1 : rows > frame->info.height ? frame->info.height : (uint32_t)rows;
}

/* In the machine's order, and where the machine can reach them. */
static bool
are_native(const struct mim_frame_info *info)
{
    size_t size = mim_sample_size((enum mim_sample)info->sample);
    bool big = info->flags & MIM_FRAME_BIG_ENDIAN, host_big = __BYTE_ORDER__ == __ORDER_BIG_ENDIAN__;
    return size && (size == 1 || big == host_big) && info->raw_offset % size == 0 && info->raw_stride % size == 0;
}

/* Use plain samples where they lie. false: they have to be read. */
static bool
map_samples(struct mim_decode_frame *frame, const struct mim_decode_frame_route *route)
{
    const struct mim_frame_info *info = &frame->info;
    if (!route->operation->in_place || !mim_decode_frame_is_raw(frame) || !are_native(info))
        return false;
    struct mim_mapping mapping;
    uint64_t row = 0;
    mim_row_bytes(info->width, info->channels, (enum mim_sample)info->sample, &row);
    if (!mim_source_map(frame->source, info->raw_offset, info->raw_stride * (info->height - 1) + row, &mapping))
        return false;
    frame->pixel_buffer = mim_buffer_of_mapping(mapping.address, mapping.size, mapping.start);
    frame->pixels.stride = frame->pixel_buffer ? info->raw_stride : frame->pixels.stride;
    return frame->pixel_buffer;
}

static enum mim_status
plan_memory(struct mim_decode_frame *frame, const struct mim_decode_frame_route *route, uint64_t *need,
            struct mim_error *err)
{
    enum mim_status status = mim_decode_frame_shape(route, &frame->info, &frame->conversion, &frame->out, err);
    if (status == MIM_OK)
        status = check_pixels_limit(frame, route, err);
    if (status == MIM_OK)
        status = check_result(frame, route, err);
    if (status == MIM_OK && mim_decode_frame_is_raw(frame))
        status = check_raw_in_source(frame, err);
    if (status != MIM_OK)
        return status;

    const struct mim_frame_info *info = &frame->info;
    frame->pixels = (struct mim_raster){ .struct_size = sizeof frame->pixels,
                                         .sample = info->sample,
                                         .width = info->width,
                                         .height = info->height,
                                         .channels = info->channels };
    bool direct = !route->canvas && frame->conversion.same;
    uint64_t pixel_bytes = lay_out(&frame->pixels, mim_decode_frame_is_raw(frame)),
             out_bytes = lay_out(&frame->out, false);
    if (pixel_bytes >= PTRDIFF_MAX - PALETTE_BYTES || out_bytes > PTRDIFF_MAX)
        return mim_fail(err, MIM_NOMEM, "no memory can hold %ux%u pixels with %u channels of %s", info->width,
                        info->height, info->channels, mim_sample_name((enum mim_sample)info->sample));
    frame->in_place = map_samples(frame, route);
    if (frame->in_place)
        pixel_bytes = 0;
    if (direct)
        frame->out.stride = frame->pixels.stride;
    if (route->canvas)
        mim_size_add(pixel_bytes, PALETTE_BYTES, &pixel_bytes);

    frame->out_bytes = direct ? pixel_bytes : frame->is_wanted ? out_bytes : 0;
    frame->own_bytes = direct ? 0 : pixel_bytes;
    if (!mim_size_add(frame->own_bytes, info->work_size, &frame->own_bytes))
        frame->own_bytes = UINT64_MAX;
    *need = frame->own_bytes;
    /* both may be held at once: by two frames the larger is meant */
    mim_memory_budget_expect(&route->operation->budget, pixel_bytes > out_bytes ? pixel_bytes : out_bytes);
    return MIM_OK;
}

static enum mim_status
take_memory(struct mim_decode_frame *frame, const struct mim_decode_frame_route *route, struct mim_error *err)
{
    bool direct = !route->canvas && frame->conversion.same;
    uint64_t pixel_bytes = frame->pixels.stride * frame->pixels.height + (route->canvas ? PALETTE_BYTES : 0);

    if (!frame->in_place)
        frame->pixel_buffer = mim_buffer_get(direct ? route->store : NULL, pixel_bytes);
    if (!frame->pixel_buffer)
        return mim_fail(err, MIM_NOMEM, "no memory for %ux%u pixels", frame->pixels.width, frame->pixels.height);
    frame->pixels.data = mim_buffer_data(frame->pixel_buffer);
    if (route->canvas) {
        frame->pixels.palette = frame->pixels.data + frame->pixels.stride * frame->pixels.height;
        memset(frame->pixels.palette, 0, PALETTE_BYTES);
    }
    if (route->canvas && !mim_canvas_ready(route->canvas, frame->info.dispose))
        return mim_fail(err, MIM_NOMEM, "no memory for a canvas of %ux%u", frame->out.width, frame->out.height);
    if (direct) {
        frame->out_buffer = mim_buffer_ref(frame->pixel_buffer);
    } else if (frame->is_wanted) {
        frame->out_buffer = mim_buffer_get(route->store, frame->out.stride * frame->out.height);
        if (!frame->out_buffer)
            return mim_fail(err, MIM_NOMEM, "no memory for a frame of %ux%u", frame->out.width, frame->out.height);
    }
    if (frame->out_buffer)
        frame->out.data = mim_buffer_data(frame->out_buffer);
    return MIM_OK;
}

static uint32_t
bands_of(const struct mim_decode_frame *frame, const struct mim_decode_frame_route *route)
{
    if (route->canvas)
        return route->canvas->bands;
    if (frame->conversion.same)
        return 0;
    return frame->out.height < 64 ? 1 : 8;
}

static enum mim_status
admit_frame(struct mim_decode_frame *frame, const struct mim_decode_frame_route *route, uint64_t used, bool alone,
            bool *wait)
{
    uint64_t need = 0, canvas = route->canvas ? mim_canvas_missing(route->canvas, frame->info.dispose) : 0;
    enum mim_status status = plan_memory(frame, route, &need, &frame->error);
    if (status != MIM_OK)
        return status;

    mim_size_add(need, canvas, &need);
    if (!alone)
        mim_size_add(need, frame->out_bytes, &need);
    mim_size_add(need, used, &need);
    if (!mim_memory_budget_admit_frames(&route->operation->budget, need)) {
        uint64_t ceiling = atomic_load(&route->operation->budget.ceiling);
        mim_size_add(need, atomic_load(&route->operation->budget.plugin), &need);
        *wait = !alone;
        frame->is_refused = true;
        return mim_fail_limit(&frame->error, need, ceiling,
                              "%ux%u pixels need %" PRIu64 " bytes of working memory, and %" PRIu64 " are allowed",
                              frame->out.width, frame->out.height, need, ceiling);
    }
    status = take_memory(frame, route, &frame->error);
    *wait = status == MIM_NOMEM && !alone;
    return status;
}

static void
free_pixels(struct mim_decode_frame *frame)
{
    mim_buffer_release(frame->pixel_buffer);
    mim_buffer_release(frame->out_buffer);
    frame->pixel_buffer = frame->out_buffer = NULL;
    frame->own_bytes = frame->out_bytes = 0;
}

bool
mim_decode_frame_admit(struct mim_decode_frame *frame, const struct mim_decode_frame_route *route, uint64_t used,
                       bool alone)
{
    bool wait = false;
    frame->status = admit_frame(frame, route, used, alone, &wait);
    if (frame->status != MIM_OK)
        free_pixels(frame);
    if (wait) {
        frame->status = MIM_OK;
        return false;
    }
    if (frame->status == MIM_OK && frame->is_wanted && route->result)
        route->result->admitted += mim_decode_frame_packed_bytes(frame);
    if (mim_decode_frame_is_raw(frame)) {
        uint32_t rows = raw_rows_per_part(frame);
        frame->info.parts = frame->in_place ? 0 : mim_divide_up(frame->info.height, rows);
    }
    frame->bands = bands_of(frame, route);
    frame->stage = MIM_DECODE_ACTIVE;
    return true;
}

static enum mim_status
read_exactly(struct mim_source *source, void *to, uint64_t size, uint64_t offset, struct mim_error *err)
{
    int64_t got = mim_source_read_at(source, to, size, offset, err);
    if (got < 0)
        return (enum mim_status) - got;
    if ((uint64_t)got == size)
        return MIM_OK;
    mim_fail(err, MIM_TRUNCATED, "the file ends at byte %" PRIu64 ", in the middle of samples", offset + (uint64_t)got);
    if (err)
        err->offset = offset + (uint64_t)got;
    return MIM_TRUNCATED;
}

/* Rows that lie apart in the source: read a run of them, keep their samples. */
static enum mim_status
read_scattered(struct mim_decode_frame *frame, uint32_t first, uint32_t rows, uint64_t row, struct mim_error *err)
{
    uint64_t stride = frame->info.raw_stride;
    for (uint32_t y = first; y < first + rows; y++) {
        enum mim_status status = read_exactly(frame->source, frame->pixels.data + y * frame->pixels.stride, row,
                                              frame->info.raw_offset + y * stride, err);
        if (status != MIM_OK)
            return status;
    }
    return MIM_OK;
}

enum mim_status
mim_decode_frame_read_raw(struct mim_decode_frame *frame, struct mim_operation *operation, uint32_t part,
                          struct mim_error *err)
{
    uint32_t per_part = raw_rows_per_part(frame), first = part * per_part;
    uint32_t rows = frame->info.height - first < per_part ? frame->info.height - first : per_part;
    uint64_t row = 0;
    mim_row_bytes(frame->info.width, frame->info.channels, (enum mim_sample)frame->info.sample, &row);

    enum mim_status status = mim_operation_poll(operation, err);
    if (status == MIM_OK && frame->info.raw_stride == row)
        status = read_exactly(frame->source, frame->pixels.data + first * row, rows * row,
                              frame->info.raw_offset + first * row, err);
    else if (status == MIM_OK)
        status = read_scattered(frame, first, rows, row, err);
    if (status != MIM_OK)
        return status;

    bool big = frame->info.flags & MIM_FRAME_BIG_ENDIAN, host_big = __BYTE_ORDER__ == __ORDER_BIG_ENDIAN__;
    if (big != host_big)
        mim_sample_swap((enum mim_sample)frame->info.sample, frame->pixels.data + first * row,
                        rows * row / mim_sample_size((enum mim_sample)frame->info.sample));
    return MIM_OK;
}

void
mim_decode_frame_finish_band(struct mim_decode_frame *frame, const struct mim_decode_frame_route *route, uint32_t band,
                             struct mim_conversion_loss *loss)
{
    const struct mim_raster *from = &frame->pixels;
    uint32_t rows, first;
    if (route->canvas) {
        first = mim_canvas_band(route->canvas, band, &rows);
        const struct mim_placement now = { frame->info.x,     frame->info.y,     frame->info.dispose,
                                           frame->info.blend, frame->info.width, frame->info.height };
        mim_canvas_compose(route->canvas, band, frame->start, &frame->before, &now, &frame->pixels);
        from = &route->canvas->raster;
    } else {
        uint32_t each = mim_divide_up(frame->out.height, frame->bands);
        first = band * each;
        rows = first >= frame->out.height ? 0 : frame->out.height - first < each ? frame->out.height - first : each;
    }
    if (frame->out_buffer)
        mim_conversion_run(&frame->conversion, from, &frame->out, first, rows, loss);
}

bool
mim_decode_frame_draws_on(const struct mim_decode_frame *frame)
{
    return frame->status == MIM_OK || frame->failed_rank == MIM_DECODE_METADATA_RANK;
}

bool
mim_decode_frame_pixels_done(const struct mim_decode_frame *frame)
{
    return frame->stage == MIM_DECODE_ACTIVE && frame->parts_done == frame->info.parts;
}

bool
mim_decode_frame_done(const struct mim_decode_frame *frame)
{
    if (frame->stage != MIM_DECODE_ACTIVE || frame->has_packet)
        return false;
    if (!mim_decode_frame_draws_on(frame))
        return frame->parts_done == frame->parts_claimed && frame->bands_done == frame->bands_claimed;
    return frame->parts_done == frame->info.parts && frame->bands_done == frame->bands;
}

static enum mim_status
copy_to_lent(const struct mim_decode_frame *frame, struct mim_frame *to, struct mim_error *err)
{
    uint64_t row = 0, size = 0;
    mim_row_bytes(frame->out.width, frame->out.channels, (enum mim_sample)frame->out.sample, &row);
    uint64_t stride = to->lent_stride ? to->lent_stride : row;
    mim_size_mul(stride, frame->out.height - 1, &size);
    mim_size_add(size, row, &size);
    if (stride < row || size > to->lent_size)
        return mim_fail(err, MIM_ARGUMENT,
                        "the frame needs %" PRIu64 " bytes in rows of %" PRIu64
                        "; the memory lent has %zu in rows of %" PRIu64,
                        size, row, to->lent_size, stride);
    for (uint32_t y = 0; y < frame->out.height; y++)
        memcpy((uint8_t *)to->data + y * stride, frame->out.data + y * frame->out.stride, row);
    to->stride = stride;
    return MIM_OK;
}

enum mim_status
mim_decode_frame_deliver(struct mim_decode_frame *frame, const struct mim_decode_frame_route *route,
                         struct mim_frame *to, struct mim_error *err)
{
    const struct mim_sequence *sequence = route->sequence;
    if (to->lent_size) {
        enum mim_status status = copy_to_lent(frame, to, err);
        if (status != MIM_OK)
            return status;
        mim_meta_destroy(to->meta);
    } else {
        mim_frame_clear(to);
        to->owner = frame->out_buffer;
        to->data = frame->out.data;
        to->stride = frame->out.stride;
        frame->out_buffer = NULL;
    }
    to->sample = (enum mim_sample)frame->out.sample;
    to->width = frame->out.width;
    to->height = frame->out.height;
    to->channels = frame->out.channels;
    to->index = frame->index;
    to->pts = frame->info.pts;
    to->duration = frame->info.duration;
    to->time_base = (struct mim_rational){ sequence->time_num, sequence->time_den };
    to->loop = sequence->loop;
    to->damaged = (frame->info.flags & MIM_FRAME_DAMAGED) != 0;
    to->meta = frame->meta;
    frame->meta = NULL;
    return MIM_OK;
}

void
mim_decode_frame_clear(struct mim_decode_frame *frame)
{
    free_pixels(frame);
    mim_meta_destroy(frame->meta);
    *frame = (struct mim_decode_frame){ .packet = frame->packet };
}
