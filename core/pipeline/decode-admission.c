/* SPDX-License-Identifier: MIT */
/* Admission of a frame to the reading pipeline: checks its limits and takes its memory. */
#include "pipeline/decode-frame.h"

#include <inttypes.h>
#include <string.h>

#include "base/error.h"
#include "base/size.h"
#include "frame/buffer.h"
#include "pipeline/raw-samples.h"

#define PALETTE_BYTES 1024
#define RECYCLED_BYTES (2u << 20) /* recycled pixels do not count as working memory; larger ones are in huge pages */

/* Choose a stride. Returns the bytes of the picture, or UINT64_MAX on overflow. */
static uint64_t
lay_out(struct mim_raster *raster, bool packed)
{
    uint64_t row = 0, size = 0;
    if (!mim_row_bytes(raster->width, raster->channels, (enum mim_sample)raster->sample, &row))
        return UINT64_MAX;
    raster->stride = packed ? row : mim_aligned_stride(row, raster->height);
    return mim_picture_bytes(raster->height, raster->stride, &size) ? size : UINT64_MAX;
}

/* The limit bounds memory, so a pixel counts once for every four channels. */
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
        return mim_fail_limit(err, pixels, max, "%ux%u are %" PRIu64 " pixels, which exceed the limit pixels=%" PRIu64,
                              frame->out.width, frame->out.height, pixels, max);
    return mim_fail_limit(err, pixels, max,
                          "%ux%u with %u channels count as %" PRIu64 " pixels, which exceed the limit pixels=%" PRIu64,
                          frame->out.width, frame->out.height, frame->out.channels, pixels, max);
}

enum mim_status
mim_decode_frame_check_result(const struct mim_decode_frame *frame, const struct mim_decode_frame_route *route,
                              struct mim_error *err)
{
    uint64_t needed = 0, limit = route->result->limit, more = mim_decode_frame_packed_bytes(frame);
    if (mim_size_add(route->result->admitted, more, &needed) && needed <= limit)
        return MIM_OK;
    return mim_fail_limit(err, needed, limit,
                          "the result exceeds its budget: the frames up to this one need %" PRIu64
                          " bytes, which exceed the limit memory=%" PRIu64 MIM_RESULT_ADVICE,
                          needed, limit);
}

/* A frame that may have to wait for its turn is counted when it is delivered. */
static bool
is_result(const struct mim_decode_frame *frame, const struct mim_decode_frame_route *route)
{
    return route->result && frame->target.is_wanted && !frame->target.is_sorted;
}

/* Use plain samples in place. false: they have to be read. */
static bool
map_samples(struct mim_decode_frame *frame, const struct mim_decode_frame_route *route)
{
    struct mim_mapping mapping;
    if (!route->operation->in_place || !mim_decode_frame_is_raw(frame) ||
        !mim_raw_samples_map(frame->source, &frame->info, &mapping))
        return false;
    frame->pixel_buffer = mim_buffer_of_mapping(mapping.address, mapping.size, mapping.start);
    frame->pixels.stride = frame->pixel_buffer ? frame->info.raw_stride : frame->pixels.stride;
    return frame->pixel_buffer;
}

static enum mim_status
plan_memory(struct mim_decode_frame *frame, const struct mim_decode_frame_route *route, uint64_t *need,
            struct mim_error *err)
{
    enum mim_status status = mim_decode_frame_shape(route, &frame->info, &frame->conversion, &frame->out, err);
    if (status == MIM_OK)
        status = check_pixels_limit(frame, route, err);
    if (status == MIM_OK && is_result(frame, route))
        status = mim_decode_frame_check_result(frame, route, err);
    if (status == MIM_OK && mim_decode_frame_is_raw(frame))
        status = mim_raw_samples_check(frame->source, &frame->info, err);
    if (status == MIM_TRUNCATED && route->operation->keeps_damaged)
        status = MIM_OK;
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
    frame->is_in_place = map_samples(frame, route);
    if (frame->is_in_place)
        pixel_bytes = 0;
    if (direct)
        frame->out.stride = frame->pixels.stride;
    if (route->canvas)
        mim_size_add(pixel_bytes, PALETTE_BYTES, &pixel_bytes);

    frame->out_bytes = direct ? pixel_bytes : frame->target.is_wanted ? out_bytes : 0;
    frame->own_bytes = direct ? 0 : pixel_bytes;
    if (!mim_size_add(frame->own_bytes, info->work_size, &frame->own_bytes))
        frame->own_bytes = UINT64_MAX;
    *need = frame->own_bytes;
    /* both may be held at once; the budget allows for two frames of the larger size */
    mim_memory_budget_expect(&route->operation->budget, pixel_bytes > out_bytes ? pixel_bytes : out_bytes);
    return MIM_OK;
}

/* Without memory for it, going back only takes longer. */
static void
leave_checkpoint(struct mim_decode_frame *frame, const struct mim_decode_frame_route *route)
{
    uint64_t size = mim_canvas_bytes(route->canvas);
    if (mim_memory_budget_fits(&route->operation->budget, size))
        frame->checkpoint = mim_buffer_get(NULL, size);
    if (frame->checkpoint)
        frame->own_bytes += size;
}

static struct mim_frame_store *
store_of_pixels(const struct mim_decode_frame *frame, const struct mim_decode_frame_route *route, uint64_t bytes)
{
    bool is_delivered = !route->canvas && frame->conversion.same;
    return is_delivered ? route->store : bytes < RECYCLED_BYTES ? route->pixel_store : NULL;
}

static enum mim_status
take_memory(struct mim_decode_frame *frame, const struct mim_decode_frame_route *route, struct mim_error *err)
{
    bool direct = !route->canvas && frame->conversion.same;
    uint64_t pixel_bytes = frame->pixels.stride * frame->pixels.height + (route->canvas ? PALETTE_BYTES : 0);

    if (!frame->is_in_place)
        frame->pixel_buffer = mim_buffer_get(store_of_pixels(frame, route, pixel_bytes), pixel_bytes);
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
    } else if (frame->target.is_wanted) {
        frame->out_buffer = mim_buffer_get(route->store, frame->out.stride * frame->out.height);
        if (!frame->out_buffer)
            return mim_fail(err, MIM_NOMEM, "no memory for a frame of %ux%u", frame->out.width, frame->out.height);
    }
    if (frame->out_buffer)
        frame->out.data = mim_buffer_data(frame->out_buffer);
    if (frame->target.leaves_checkpoint)
        leave_checkpoint(frame, route);
    return MIM_OK;
}

static uint32_t
parts_of(const struct mim_decode_frame *frame)
{
    if (!mim_decode_frame_is_raw(frame))
        return frame->info.parts;
    return frame->is_in_place ? 0 : mim_raw_samples_parts(&frame->info);
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
admit_frame(struct mim_decode_frame *frame, const struct mim_decode_frame_route *route, uint64_t held, bool is_first,
            bool *has_to_wait)
{
    uint64_t need = 0, canvas = route->canvas ? mim_canvas_missing(route->canvas, frame->info.dispose) : 0;
    enum mim_status status = plan_memory(frame, route, &need, &frame->entry.outcome.error);
    if (status != MIM_OK)
        return status;

    mim_size_add(need, canvas, &need);
    if (!is_first)
        mim_size_add(need, frame->out_bytes, &need);
    mim_size_add(need, held, &need);
    if (!mim_memory_budget_admit_frames(&route->operation->budget, need)) {
        uint64_t ceiling = atomic_load(&route->operation->budget.ceiling);
        mim_size_add(need, atomic_load(&route->operation->budget.plugin), &need);
        *has_to_wait = !is_first;
        frame->entry.outcome.is_refused = true;
        return mim_fail_limit(&frame->entry.outcome.error, need, ceiling,
                              "%ux%u pixels need %" PRIu64
                              " bytes of working memory, which exceed the limit working=%" PRIu64,
                              frame->out.width, frame->out.height, need, ceiling);
    }
    status = take_memory(frame, route, &frame->entry.outcome.error);
    *has_to_wait = status == MIM_NOMEM && !is_first;
    return status;
}

bool
mim_decode_frame_admit(struct mim_decode_frame *frame, const struct mim_decode_frame_route *route, uint64_t held,
                       bool is_first)
{
    bool has_to_wait = false;
    frame->entry.outcome.status = admit_frame(frame, route, held, is_first, &has_to_wait);
    if (frame->entry.outcome.status != MIM_OK)
        mim_decode_frame_free_pixels(frame);
    if (has_to_wait) {
        frame->entry.outcome = (struct mim_ring_outcome){ 0 };
        return false;
    }
    if (frame->entry.outcome.status == MIM_OK && is_result(frame, route))
        route->result->admitted += mim_decode_frame_packed_bytes(frame);
    frame->entry.parts.count = parts_of(frame);
    frame->entry.bands.count = bands_of(frame, route);
    frame->stage = MIM_DECODE_ACTIVE;
    return true;
}
