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
mim_decode_frame_is_raw(const struct mim_decode_frame *slot)
{
    return slot->info.flags & MIM_FRAME_RAW;
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
check_pixels_limit(const struct mim_decode_frame *slot, const struct mim_decode_frame_route *route,
                   struct mim_error *err)
{
    uint64_t pixels = (uint64_t)slot->out.width * slot->out.height,
             most = route->operation->control.limits.frame_pixels;
    uint32_t weight = (slot->out.channels - 1) / 4 + 1;
    if (!mim_size_mul(pixels, weight, &pixels))
        pixels = UINT64_MAX;
    if (pixels <= most)
        return MIM_OK;
    if (weight == 1)
        return mim_fail_limit(err, pixels, most, "%ux%u are %" PRIu64 " pixels, and the limit is %" PRIu64 " per frame",
                              slot->out.width, slot->out.height, pixels, most);
    return mim_fail_limit(err, pixels, most,
                          "%ux%u with %u channels count as %" PRIu64 " pixels, and the limit is %" PRIu64 " per frame",
                          slot->out.width, slot->out.height, slot->out.channels, pixels, most);
}

uint64_t
mim_decode_frame_packed_bytes(const struct mim_decode_frame *slot)
{
    uint64_t row = 0, size = 0;
    mim_row_bytes(slot->out.width, slot->out.channels, (enum mim_sample)slot->out.sample, &row);
    mim_picture_bytes(slot->out.height, row, &size);
    return size;
}

static enum mim_status
check_result(const struct mim_decode_frame *slot, const struct mim_decode_frame_route *route, struct mim_error *err)
{
    if (!route->result || !slot->wanted)
        return MIM_OK;
    uint64_t needed = 0, limit = route->result->limit, more = mim_decode_frame_packed_bytes(slot);
    if (mim_size_add(route->result->admitted, more, &needed) && needed <= limit)
        return MIM_OK;
    return mim_fail_limit(err, needed, limit,
                          "the result is over its budget: up to this frame it has %" PRIu64
                          " bytes of pixels, and %" PRIu64 " are allowed",
                          needed, limit);
}

/* Before memory is asked for: a header may claim what the file does not hold. */
static enum mim_status
check_raw_in_source(const struct mim_decode_frame *slot, struct mim_error *err)
{
    const struct mim_frame_info *info = &slot->info;
    uint64_t row = 0, end = 0, size = mim_source_known_size(slot->source);
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
raw_rows_per_part(const struct mim_decode_frame *slot)
{
    uint64_t rows = RAW_PART / (slot->info.raw_stride ? slot->info.raw_stride : 1);
    return rows < 1 ? 1 : rows > slot->info.height ? slot->info.height : (uint32_t)rows;
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
map_samples(struct mim_decode_frame *slot, const struct mim_decode_frame_route *route)
{
    const struct mim_frame_info *info = &slot->info;
    if (!route->operation->in_place || !mim_decode_frame_is_raw(slot) || !are_native(info))
        return false;
    struct mim_mapping mapping;
    uint64_t row = 0;
    mim_row_bytes(info->width, info->channels, (enum mim_sample)info->sample, &row);
    if (!mim_source_map(slot->source, info->raw_offset, info->raw_stride * (info->height - 1) + row, &mapping))
        return false;
    slot->pixel_buffer = mim_buffer_of_mapping(mapping.address, mapping.size, mapping.start);
    slot->pixels.stride = slot->pixel_buffer ? info->raw_stride : slot->pixels.stride;
    return slot->pixel_buffer;
}

static enum mim_status
plan_memory(struct mim_decode_frame *slot, const struct mim_decode_frame_route *route, uint64_t *need,
            struct mim_error *err)
{
    enum mim_status status = mim_decode_frame_shape(route, &slot->info, &slot->conversion, &slot->out, err);
    if (status == MIM_OK)
        status = check_pixels_limit(slot, route, err);
    if (status == MIM_OK)
        status = check_result(slot, route, err);
    if (status == MIM_OK && mim_decode_frame_is_raw(slot))
        status = check_raw_in_source(slot, err);
    if (status != MIM_OK)
        return status;

    const struct mim_frame_info *info = &slot->info;
    slot->pixels = (struct mim_raster){ .struct_size = sizeof slot->pixels,
                                        .sample = info->sample,
                                        .width = info->width,
                                        .height = info->height,
                                        .channels = info->channels };
    bool direct = !route->canvas && slot->conversion.same;
    uint64_t pixel_bytes = lay_out(&slot->pixels, mim_decode_frame_is_raw(slot)),
             out_bytes = lay_out(&slot->out, false);
    if (pixel_bytes >= PTRDIFF_MAX - PALETTE_BYTES || out_bytes > PTRDIFF_MAX)
        return mim_fail(err, MIM_NOMEM, "no memory can hold %ux%u pixels with %u channels of %s", info->width,
                        info->height, info->channels, mim_sample_name((enum mim_sample)info->sample));
    slot->in_place = map_samples(slot, route);
    if (slot->in_place)
        pixel_bytes = 0;
    if (direct)
        slot->out.stride = slot->pixels.stride;
    if (route->canvas)
        mim_size_add(pixel_bytes, PALETTE_BYTES, &pixel_bytes);

    slot->out_bytes = direct ? pixel_bytes : slot->wanted ? out_bytes : 0;
    slot->own_bytes = direct ? 0 : pixel_bytes;
    if (!mim_size_add(slot->own_bytes, info->work_size, &slot->own_bytes))
        slot->own_bytes = UINT64_MAX;
    *need = slot->own_bytes;
    /* both may be held at once: by two frames the larger is meant */
    mim_memory_budget_expect(&route->operation->budget, pixel_bytes > out_bytes ? pixel_bytes : out_bytes);
    return MIM_OK;
}

static enum mim_status
take_memory(struct mim_decode_frame *slot, const struct mim_decode_frame_route *route, struct mim_error *err)
{
    bool direct = !route->canvas && slot->conversion.same;
    uint64_t pixel_bytes = slot->pixels.stride * slot->pixels.height + (route->canvas ? PALETTE_BYTES : 0);

    if (!slot->in_place)
        slot->pixel_buffer = mim_buffer_get(direct ? route->store : NULL, pixel_bytes);
    if (!slot->pixel_buffer)
        return mim_fail(err, MIM_NOMEM, "no memory for %ux%u pixels", slot->pixels.width, slot->pixels.height);
    slot->pixels.data = mim_buffer_data(slot->pixel_buffer);
    if (route->canvas) {
        slot->pixels.palette = slot->pixels.data + slot->pixels.stride * slot->pixels.height;
        memset(slot->pixels.palette, 0, PALETTE_BYTES);
    }
    if (route->canvas && !mim_canvas_ready(route->canvas, slot->info.dispose))
        return mim_fail(err, MIM_NOMEM, "no memory for a canvas of %ux%u", slot->out.width, slot->out.height);
    if (direct) {
        slot->out_buffer = mim_buffer_ref(slot->pixel_buffer);
    } else if (slot->wanted) {
        slot->out_buffer = mim_buffer_get(route->store, slot->out.stride * slot->out.height);
        if (!slot->out_buffer)
            return mim_fail(err, MIM_NOMEM, "no memory for a frame of %ux%u", slot->out.width, slot->out.height);
    }
    if (slot->out_buffer)
        slot->out.data = mim_buffer_data(slot->out_buffer);
    return MIM_OK;
}

static uint32_t
bands_of(const struct mim_decode_frame *slot, const struct mim_decode_frame_route *route)
{
    if (route->canvas)
        return route->canvas->bands;
    if (slot->conversion.same)
        return 0;
    return slot->out.height < 64 ? 1 : 8;
}

static enum mim_status
admit(struct mim_decode_frame *slot, const struct mim_decode_frame_route *route, uint64_t used, bool alone, bool *wait)
{
    uint64_t need = 0, canvas = route->canvas ? mim_canvas_missing(route->canvas, slot->info.dispose) : 0;
    enum mim_status status = plan_memory(slot, route, &need, &slot->error);
    if (status != MIM_OK)
        return status;

    mim_size_add(need, canvas, &need);
    if (!alone)
        mim_size_add(need, slot->out_bytes, &need);
    mim_size_add(need, used, &need);
    if (!mim_memory_budget_admit_frames(&route->operation->budget, need)) {
        uint64_t ceiling = atomic_load(&route->operation->budget.ceiling);
        mim_size_add(need, atomic_load(&route->operation->budget.plugin), &need);
        *wait = !alone;
        slot->starved = true;
        return mim_fail_limit(&slot->error, need, ceiling,
                              "%ux%u pixels need %" PRIu64 " bytes of working memory, and %" PRIu64 " are allowed",
                              slot->out.width, slot->out.height, need, ceiling);
    }
    status = take_memory(slot, route, &slot->error);
    *wait = status == MIM_NOMEM && !alone;
    return status;
}

static void
free_pixels(struct mim_decode_frame *slot)
{
    mim_buffer_release(slot->pixel_buffer);
    mim_buffer_release(slot->out_buffer);
    slot->pixel_buffer = slot->out_buffer = NULL;
    slot->own_bytes = slot->out_bytes = 0;
}

bool
mim_decode_frame_admit(struct mim_decode_frame *slot, const struct mim_decode_frame_route *route, uint64_t used,
                       bool alone)
{
    bool wait = false;
    slot->status = admit(slot, route, used, alone, &wait);
    if (slot->status != MIM_OK)
        free_pixels(slot);
    if (wait) {
        slot->status = MIM_OK;
        return false;
    }
    if (slot->status == MIM_OK && slot->wanted && route->result)
        route->result->admitted += mim_decode_frame_packed_bytes(slot);
    if (mim_decode_frame_is_raw(slot)) {
        uint32_t rows = raw_rows_per_part(slot);
        slot->info.parts = slot->in_place ? 0 : mim_divide_up(slot->info.height, rows);
    }
    slot->bands = bands_of(slot, route);
    slot->stage = MIM_DECODE_ACTIVE;
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
read_scattered(struct mim_decode_frame *slot, uint32_t first, uint32_t rows, uint64_t row, struct mim_error *err)
{
    uint64_t stride = slot->info.raw_stride;
    for (uint32_t y = first; y < first + rows; y++) {
        enum mim_status status = read_exactly(slot->source, slot->pixels.data + y * slot->pixels.stride, row,
                                              slot->info.raw_offset + y * stride, err);
        if (status != MIM_OK)
            return status;
    }
    return MIM_OK;
}

enum mim_status
mim_decode_frame_read_raw(struct mim_decode_frame *slot, struct mim_operation *operation, uint32_t part,
                          struct mim_error *err)
{
    uint32_t per_part = raw_rows_per_part(slot), first = part * per_part;
    uint32_t rows = slot->info.height - first < per_part ? slot->info.height - first : per_part;
    uint64_t row = 0;
    mim_row_bytes(slot->info.width, slot->info.channels, (enum mim_sample)slot->info.sample, &row);

    enum mim_status status = mim_operation_poll(operation, err);
    if (status == MIM_OK && slot->info.raw_stride == row)
        status = read_exactly(slot->source, slot->pixels.data + first * row, rows * row,
                              slot->info.raw_offset + first * row, err);
    else if (status == MIM_OK)
        status = read_scattered(slot, first, rows, row, err);
    if (status != MIM_OK)
        return status;

    bool big = slot->info.flags & MIM_FRAME_BIG_ENDIAN, host_big = __BYTE_ORDER__ == __ORDER_BIG_ENDIAN__;
    if (big != host_big)
        mim_sample_swap((enum mim_sample)slot->info.sample, slot->pixels.data + first * row,
                        rows * row / mim_sample_size((enum mim_sample)slot->info.sample));
    return MIM_OK;
}

void
mim_decode_frame_finish_band(struct mim_decode_frame *slot, const struct mim_decode_frame_route *route, uint32_t band,
                             struct mim_conversion_loss *loss)
{
    const struct mim_raster *from = &slot->pixels;
    uint32_t rows, first;
    if (route->canvas) {
        first = mim_canvas_band(route->canvas, band, &rows);
        const struct mim_placement now = { slot->info.x,     slot->info.y,     slot->info.dispose,
                                           slot->info.blend, slot->info.width, slot->info.height };
        mim_canvas_compose(route->canvas, band, slot->start, &slot->before, &now, &slot->pixels);
        from = &route->canvas->raster;
    } else {
        uint32_t each = mim_divide_up(slot->out.height, slot->bands);
        first = band * each;
        rows = first >= slot->out.height ? 0 : slot->out.height - first < each ? slot->out.height - first : each;
    }
    if (slot->out_buffer)
        mim_conversion_run(&slot->conversion, from, &slot->out, first, rows, loss);
}

bool
mim_decode_frame_draws_on(const struct mim_decode_frame *slot)
{
    return slot->status == MIM_OK || slot->failed_rank == MIM_DECODE_METADATA_RANK;
}

bool
mim_decode_frame_pixels_done(const struct mim_decode_frame *slot)
{
    return slot->stage == MIM_DECODE_ACTIVE && slot->parts_done == slot->info.parts;
}

bool
mim_decode_frame_done(const struct mim_decode_frame *slot)
{
    if (slot->stage != MIM_DECODE_ACTIVE || slot->has_packet)
        return false;
    if (!mim_decode_frame_draws_on(slot))
        return slot->parts_done == slot->parts_claimed && slot->bands_done == slot->bands_claimed;
    return slot->parts_done == slot->info.parts && slot->bands_done == slot->bands;
}

static enum mim_status
copy_to_lent(const struct mim_decode_frame *slot, struct mim_frame *frame, struct mim_error *err)
{
    uint64_t row = 0, size = 0;
    mim_row_bytes(slot->out.width, slot->out.channels, (enum mim_sample)slot->out.sample, &row);
    uint64_t stride = frame->lent_stride ? frame->lent_stride : row;
    mim_size_mul(stride, slot->out.height - 1, &size);
    mim_size_add(size, row, &size);
    if (stride < row || size > frame->lent_size)
        return mim_fail(err, MIM_ARGUMENT,
                        "the frame needs %" PRIu64 " bytes in rows of %" PRIu64
                        "; the memory lent has %zu in rows of %" PRIu64,
                        size, row, frame->lent_size, stride);
    for (uint32_t y = 0; y < slot->out.height; y++)
        memcpy((uint8_t *)frame->data + y * stride, slot->out.data + y * slot->out.stride, row);
    frame->stride = stride;
    return MIM_OK;
}

enum mim_status
mim_decode_frame_deliver(struct mim_decode_frame *slot, const struct mim_decode_frame_route *route,
                         struct mim_frame *frame, struct mim_error *err)
{
    const struct mim_sequence *sequence = route->sequence;
    if (frame->lent_size) {
        enum mim_status status = copy_to_lent(slot, frame, err);
        if (status != MIM_OK)
            return status;
        mim_meta_destroy(frame->meta);
    } else {
        mim_frame_clear(frame);
        frame->owner = slot->out_buffer;
        frame->data = slot->out.data;
        frame->stride = slot->out.stride;
        slot->out_buffer = NULL;
    }
    frame->sample = (enum mim_sample)slot->out.sample;
    frame->width = slot->out.width;
    frame->height = slot->out.height;
    frame->channels = slot->out.channels;
    frame->index = slot->index;
    frame->pts = slot->info.pts;
    frame->duration = slot->info.duration;
    frame->time_base = (struct mim_rational){ sequence->time_num, sequence->time_den };
    frame->loop = sequence->loop;
    frame->damaged = (slot->info.flags & MIM_FRAME_DAMAGED) != 0;
    frame->meta = slot->meta;
    slot->meta = NULL;
    return MIM_OK;
}

void
mim_decode_frame_clear(struct mim_decode_frame *slot)
{
    free_pixels(slot);
    mim_meta_destroy(slot->meta);
    *slot = (struct mim_decode_frame){ .packet = slot->packet };
}
