/* SPDX-License-Identifier: MIT */
/* One frame being written: timing, conversion, coded bytes. */
#include "pipeline/encode-frame.h"

#include <stdlib.h>
#include <string.h>

#include <mim/kit/ratio.h>

#include "base/error.h"
#include "base/sample.h"
#include "base/size.h"
#include "frame/buffer.h"
#include "pipeline/conversion-notices.h"

#define CONVERT_BANDS 8
#define WORTH_BANDS 64 /* rows; fewer are converted as one band */

/* From one valid time base to another, rounded to the nearest tick. */
static int64_t
rescale(int64_t ticks, struct mim_rational from, struct mim_rational to)
{
    return mim_ratio_scale(ticks, (uint64_t)from.num * (uint64_t)to.den, (uint64_t)from.den * (uint64_t)to.num);
}

/* Saturates, and never returns INT64_MIN, which is MIM_NO_PTS. */
static int64_t
span_of(int64_t start, int64_t end)
{
    int64_t span;
    if (__builtin_sub_overflow(end, start, &span))
        return start < 0 ? INT64_MAX : -INT64_MAX;
    return span == INT64_MIN ? -INT64_MAX : span;
}

static bool
same_base(struct mim_rational a, struct mim_rational b)
{
    return a.num == b.num && a.den == b.den;
}

static int64_t
rescale_duration(const struct mim_frame *frame, struct mim_encode_timing *timing)
{
    int64_t end = 0;
    if (!same_base(timing->from, frame->time_base) || __builtin_add_overflow(timing->ticks, frame->duration, &end))
        *timing = (struct mim_encode_timing){ .to = timing->to, .from = frame->time_base };
    int64_t start = rescale(timing->ticks, timing->from, timing->to);
    timing->ticks += frame->duration;
    return span_of(start, rescale(timing->ticks, timing->from, timing->to));
}

struct mim_frame_info
mim_encode_frame_info(const struct mim_frame *frame, struct mim_encode_timing *timing)
{
    struct mim_frame_info info = {
        .struct_size = sizeof info,
        .sample = (int32_t)frame->sample,
        .width = frame->width,
        .height = frame->height,
        .channels = frame->channels,
        .parts = 1,
        .pts = MIM_NO_PTS,
        .flags = (frame->damaged ? MIM_FRAME_DAMAGED : 0) | (frame->brief ? MIM_FRAME_BRIEF : 0),
    };
    if (!mim_time_base_valid(frame->time_base) || !mim_time_base_valid(timing->to))
        return info;
    bool same = same_base(frame->time_base, timing->to);
    if (frame->pts != MIM_NO_PTS)
        info.pts = same ? frame->pts : rescale(frame->pts, frame->time_base, timing->to);
    info.duration = same ? frame->duration : rescale_duration(frame, timing);
    return info;
}

struct mim_origin
mim_encode_frame_origin(const struct mim_frame *frame)
{
    return (struct mim_origin){ .struct_size = sizeof(struct mim_origin),
                                .source = frame->source,
                                .time = frame->source ? frame->source_time : MIM_NO_PTS };
}

static enum mim_status
take_converted(struct mim_encode_frame *frame, struct mim_error *err)
{
    uint64_t row = 0, size = 0;
    bool fits = mim_row_bytes(frame->info.width, frame->info.channels, (enum mim_sample)frame->info.sample, &row) &&
                mim_picture_bytes(frame->info.height, mim_aligned_stride(row, frame->info.height), &size);
    frame->converted = fits ? mim_buffer_get(NULL, size) : NULL;
    if (!frame->converted)
        return mim_fail(err, MIM_NOMEM, "no memory to convert %ux%u pixels", frame->info.width, frame->info.height);
    frame->raster = (struct mim_raster){
        .struct_size = sizeof frame->raster,
        .sample = frame->info.sample,
        .width = frame->info.width,
        .height = frame->info.height,
        .channels = frame->info.channels,
        .stride = mim_aligned_stride(row, frame->info.height),
        .data = mim_buffer_data(frame->converted),
    };
    return MIM_OK;
}

enum mim_status
mim_encode_frame_accepted(struct mim_encode_frame *frame, const struct mim_plugin_writer *writer, struct mim_error *err)
{
    struct mim_conversion_target target = { .sample = (enum mim_sample)frame->info.sample,
                                            .channels = frame->info.channels,
                                            .has_background = true };
    memcpy(target.background, writer->sequence.background, sizeof target.background);
    enum mim_status status =
        mim_conversion_plan(frame->given.sample, frame->given.channels, &target, &frame->conversion, err);
    if (status != MIM_OK)
        return status;

    frame->entry.parts.count = frame->info.parts;
    frame->coded = calloc(frame->entry.parts.count, sizeof *frame->coded);
    if (!frame->coded)
        return mim_fail_nomem(err, "coded bytes");
    if (frame->conversion.same) {
        frame->raster = mim_frame_raster(&frame->given);
        return MIM_OK;
    }
    frame->entry.bands.count = frame->info.height < WORTH_BANDS ? 1 : CONVERT_BANDS;
    return take_converted(frame, err);
}

enum mim_encode_stage
mim_encode_frame_next_stage(const struct mim_encode_frame *frame)
{
    return frame->entry.bands.count ? MIM_ENCODE_ACCEPTED : MIM_ENCODE_READY;
}

void
mim_encode_frame_convert_band(struct mim_encode_frame *frame, uint32_t band, struct mim_conversion_loss *loss)
{
    const struct mim_raster from = mim_frame_raster(&frame->given);
    uint32_t each = mim_divide_up(frame->info.height, frame->entry.bands.count), first = band * each;
    uint32_t left = first < frame->info.height ? frame->info.height - first : 0;
    mim_conversion_run(&frame->conversion, &from, &frame->raster, first, left < each ? left : each, loss);
}

/* Frames of the same layout as the first lose the same, which has been reported. */
static bool
is_news(const struct mim_encode_frame *frame, const struct mim_plugin_writer *writer)
{
    const struct mim_frame_info *first = &writer->sequence.first;
    return !frame->entry.index || frame->conversion.from_sample != (enum mim_sample)first->sample ||
           frame->conversion.from_channels != first->channels;
}

enum mim_status
mim_encode_frame_converted(struct mim_encode_frame *frame, const struct mim_plugin_writer *writer,
                           struct mim_error *err)
{
    frame->stage = MIM_ENCODE_READY;
    mim_buffer_release(frame->given.owner);
    frame->given.owner = NULL;
    frame->given.data = NULL;
    if (frame->loss.unscaled)
        return mim_conversion_fail_unscaled(&frame->conversion, err);

    const struct mim_notice_origin origin = { .frame = frame->entry.index,
                                              .place = frame->entry.index,
                                              .step = MIM_STEP_CONVERT };
    enum mim_status status = MIM_OK;
    if (is_news(frame, writer))
        status = mim_conversion_report_layout(&frame->conversion, writer->operation, &origin, err);
    return status == MIM_OK ? mim_conversion_report(&frame->conversion, &frame->loss, writer->operation, &origin, err)
                            : status;
}

uint64_t
mim_encode_frame_bytes(const struct mim_encode_frame *frame)
{
    uint64_t given = frame->given.data ? (uint64_t)frame->given.stride * frame->given.height : 0;
    return given + (frame->converted ? frame->raster.stride * frame->raster.height : 0);
}

enum mim_status
mim_encode_frame_put(struct mim_encode_frame *frame, struct mim_plugin_writer *writer, struct mim_error *err)
{
    struct mim_coded coded = { .struct_size = sizeof coded, .part_count = frame->entry.parts.count };
    struct mim_coded_part *parts = calloc(coded.part_count, sizeof *parts);
    if (!parts)
        return mim_fail_nomem(err, "coded bytes");
    for (uint32_t i = 0; i < coded.part_count; i++) {
        parts[i] = (struct mim_coded_part){ .size = frame->coded[i].size, .data = frame->coded[i].data };
        coded.size += parts[i].size;
    }
    coded.parts = parts;
    enum mim_status status =
        mim_plugin_writer_put(writer, frame->entry.index, frame->entry.packet, &frame->info, &coded, err);
    free(parts);
    return status;
}

void
mim_encode_frame_forget_coded(struct mim_encode_frame *frame, struct mim_plugin_writer *writer)
{
    if (!frame->entry.parts.claimed)
        return; /* nothing is coded; a failure is one of the conversion and stays */
    for (uint32_t i = 0; frame->coded && i < frame->entry.parts.count; i++)
        mim_coded_clear(&frame->coded[i], &writer->operation->budget);
    frame->entry.parts.claimed = frame->entry.parts.done = 0;
    frame->entry.outcome.status = MIM_OK;
    frame->entry.outcome.is_refused = false;
}

void
mim_encode_frame_clear(struct mim_encode_frame *frame, struct mim_plugin_writer *writer)
{
    mim_encode_frame_forget_coded(frame, writer);
    free(frame->coded);
    mim_buffer_release(frame->converted);
    mim_frame_clear(&frame->given);
    *frame = (struct mim_encode_frame){ .entry = { .packet = frame->entry.packet } };
}
