/* SPDX-License-Identifier: MIT */
/* One frame being read: drawing its bands, and delivery to the caller. */
#include "pipeline/decode-frame.h"

#include <inttypes.h>
#include <string.h>

#include "base/error.h"
#include "base/sample.h"
#include "base/size.h"
#include "frame/buffer.h"
#include "frame/meta.h"
#include "pipeline/raw-samples.h"

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

uint64_t
mim_decode_frame_packed_bytes(const struct mim_decode_frame *frame)
{
    uint64_t row = 0, size = 0;
    mim_row_bytes(frame->out.width, frame->out.channels, (enum mim_sample)frame->out.sample, &row);
    mim_picture_bytes(frame->out.height, row, &size);
    return size;
}

struct mim_placement
mim_decode_frame_placement(const struct mim_decode_frame *frame)
{
    const struct mim_frame_info *info = &frame->info;
    return (struct mim_placement){ info->x, info->y, info->dispose, info->blend, info->width, info->height };
}

void
mim_decode_frame_finish_band(struct mim_decode_frame *frame, const struct mim_decode_frame_route *route, uint32_t band,
                             struct mim_conversion_loss *loss)
{
    const struct mim_raster *from = &frame->pixels;
    uint32_t rows, first;
    if (route->canvas) {
        first = mim_canvas_band(route->canvas, band, &rows);
        const struct mim_placement now = mim_decode_frame_placement(frame);
        if (frame->target.start == MIM_CANVAS_KEPT)
            mim_canvas_restore(route->canvas, band, mim_buffer_data(frame->target.canvas));
        mim_canvas_compose(route->canvas, band, frame->target.start, &frame->before, &now, &frame->pixels);
        if (frame->checkpoint)
            mim_canvas_save(route->canvas, band, &now, mim_buffer_data(frame->checkpoint));
        from = &route->canvas->raster;
    } else {
        uint32_t each = mim_divide_up(frame->out.height, frame->entry.bands.count);
        first = band * each;
        rows = first >= frame->out.height ? 0 : frame->out.height - first < each ? frame->out.height - first : each;
    }
    if (frame->out_buffer)
        mim_conversion_run(&frame->conversion, from, &frame->out, first, rows, loss);
}

bool
mim_decode_frame_is_drawable(const struct mim_decode_frame *frame)
{
    return frame->entry.outcome.status == MIM_OK || frame->entry.failed_rank == MIM_DECODE_METADATA_RANK;
}

bool
mim_decode_frame_has_pixels(const struct mim_decode_frame *frame)
{
    return frame->stage == MIM_DECODE_ACTIVE && mim_ring_tally_is_done(&frame->entry.parts);
}

bool
mim_decode_frame_is_done(const struct mim_decode_frame *frame)
{
    const struct mim_ring_entry *entry = &frame->entry;
    if (frame->stage != MIM_DECODE_ACTIVE || frame->packet_state != MIM_PACKET_EMPTY)
        return false;
    if (!mim_decode_frame_is_drawable(frame))
        return mim_ring_tally_is_idle(&entry->parts) && mim_ring_tally_is_idle(&entry->bands);
    return mim_ring_tally_is_done(&entry->parts) && mim_ring_tally_is_done(&entry->bands);
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
    to->index = frame->entry.index;
    to->pts = frame->info.pts;
    to->duration = frame->info.duration;
    to->time_base = (struct mim_rational){ sequence->time_num, sequence->time_den };
    to->loop = sequence->loop;
    to->damaged = (frame->info.flags & MIM_FRAME_DAMAGED) != 0;
    to->brief = (frame->info.flags & MIM_FRAME_BRIEF) != 0;
    to->meta = frame->metadata.items;
    frame->metadata.items = NULL;
    return MIM_OK;
}

void
mim_decode_frame_free_pixels(struct mim_decode_frame *frame)
{
    mim_buffer_release(frame->pixel_buffer);
    mim_buffer_release(frame->out_buffer);
    mim_buffer_release(frame->checkpoint);
    frame->pixel_buffer = frame->out_buffer = frame->checkpoint = NULL;
    frame->own_bytes = frame->out_bytes = 0;
}

void
mim_decode_frame_clear(struct mim_decode_frame *frame)
{
    mim_decode_frame_free_pixels(frame);
    mim_meta_destroy(frame->metadata.items);
    mim_buffer_release(frame->target.canvas);
    *frame = (struct mim_decode_frame){ .entry = { .packet = frame->entry.packet } };
}
