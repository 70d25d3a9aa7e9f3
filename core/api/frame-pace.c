/* SPDX-License-Identifier: MIT */
/* Drops and repeats frames of a conversion. Ends rather than durations are rounded, so that errors do not add up. */
#include "api/frame-pace.h"

#include <mim/kit/ratio.h>

#include "api/reader-priv.h"
#include "api/writer-priv.h"
#include "base/error.h"
#include "frame/conversion.h"
#include "frame/frame.h"
#include "options/timing-options.h"
#include "plugin/operation.h"

#define MAX_FPS 100         /* of a file of one rate, unless the source is even */
#define MAX_REPEATS 1000000 /* of one frame */
#define PEEKED_FRAMES 64    /* of which the rate is the common divisor */
#define MILLI 1000

/* --- the tick of the output --------------------------------------------------------------------------------------- */

static int64_t
duration_of(const struct mim_frame_info *info, const struct mim_sequence *sequence)
{
    return info->flags & MIM_FRAME_BRIEF ? mim_frame_timing_brief(sequence->time_num, sequence->time_den)
                                         : info->duration;
}

/* The common divisor of the first durations in ticks of the source, or 0 if all are equal. A millisecond may be rounding. */
static uint64_t
find_common_duration(struct mim_reader *reader, const struct mim_sequence *sequence)
{
    struct mim_frame_info info;
    uint64_t first = 0, common = 0;
    int64_t least = INT64_MAX, most = 0, rounding = sequence->time_den == MILLI;

    mim_reader_selected(reader, &first);
    for (uint64_t i = 0; i < PEEKED_FRAMES; i++) {
        if (mim_decoder_info(reader->decoder, first + i, &info, NULL) != MIM_OK)
            break;
        int64_t duration = duration_of(&info, sequence);
        if (duration <= 0)
            continue;
        least = duration < least ? duration : least;
        most = duration > most ? duration : most;
        common = mim_ratio_common_divisor((uint64_t)duration, common);
    }
    return most - least > rounding ? common : 0;
}

static struct mim_rational
find_tick(struct mim_reader *reader)
{
    const struct mim_sequence *sequence = mim_decoder_sequence(reader->decoder);
    uint64_t num = sequence->time_den ? find_common_duration(reader, sequence) : 0, den = sequence->time_den;
    if (!num)
        return (struct mim_rational){ 0, 0 };
    if (__builtin_mul_overflow(num, sequence->time_num, &num) || num > INT32_MAX)
        return (struct mim_rational){ 0, 0 };
    uint64_t divisor = mim_ratio_common_divisor(num, den);
    if (den > num * MAX_FPS || den / divisor > INT32_MAX)
        return (struct mim_rational){ 1, MAX_FPS };
    return (struct mim_rational){ (int64_t)(num / divisor), (int64_t)(den / divisor) };
}

void
mim_frame_pace_start(struct mim_frame_pace *pace, struct mim_writer *writer, struct mim_reader *reader)
{
    struct mim_plugin_writer *plugin = mim_writer_plugin(writer);
    const struct mim_writer_timing *stored = mim_writer_timing(plugin->ops);
    *pace = (struct mim_frame_pace){ .writer = writer, .plugin = plugin };
    if (!stored || plugin->timing.options.fps.den || plugin->timing.options.duration.count)
        return;
    pace->min = mim_writer_timing_min(stored);
    if (pace->min)
        pace->tick = (struct mim_rational){ 1, stored->den };
    else if (stored->grid == MIM_GRID_RATE && reader)
        pace->tick = find_tick(reader);
}

bool
mim_frame_pace_changes_count(const struct mim_frame_pace *pace)
{
    return pace->tick.den && !pace->min;
}

/* --- frames ------------------------------------------------------------------------------------------------------- */

static int64_t
ticks_of(const struct mim_frame_pace *pace, int64_t source_ticks)
{
    return mim_ratio_scale(source_ticks, (uint64_t)pace->base.num * (uint64_t)pace->tick.den,
                           (uint64_t)pace->base.den * (uint64_t)pace->tick.num);
}

/* Report only the first change. */
static enum mim_status
report_change(struct mim_frame_pace *pace, const struct mim_frame *frame, const char *text, struct mim_error *err)
{
    if (pace->has_reported)
        return MIM_OK;
    pace->has_reported = true;
    return mim_operation_notice(pace->plugin->operation, MIM_NOTICE_TIMING, frame->index, text, err);
}

static enum mim_status
report_drop(struct mim_frame_pace *pace, const struct mim_frame *frame, struct mim_error *err)
{
    return report_change(pace, frame, "frames are dropped to keep the speed: players slow down frames this short", err);
}

/* Move the end of the source past the frame. A frame without a duration lasts as long as the shortest one. */
static void
advance_end(struct mim_frame_pace *pace, const struct mim_frame *frame)
{
    bool is_same = frame->time_base.num == pace->base.num && frame->time_base.den == pace->base.den;
    int64_t source_end, duration = frame->duration > 0 ? frame->duration : 0;

    if (!is_same || __builtin_add_overflow(pace->source_ticks, duration, &source_end)) {
        pace->base = frame->time_base;
        pace->base_start = pace->end;
        source_end = duration;
    }
    pace->source_ticks = source_end;
    if (!duration && !frame->brief)
        pace->base_start += pace->min;
    if (__builtin_add_overflow(pace->base_start, ticks_of(pace, source_end), &pace->end))
        pace->end = INT64_MAX;
}

static enum mim_status
write_frame(struct mim_frame_pace *pace, struct mim_frame *frame, int64_t duration, struct mim_error *err)
{
    if (frame->pts != MIM_NO_PTS)
        frame->pts = ticks_of(pace, frame->pts);
    frame->duration = duration;
    frame->time_base = pace->tick;
    return mim_writer_take(pace->writer, frame, err);
}

static int64_t
earliest_end(const struct mim_frame_pace *pace, const struct mim_paced_frame *paced)
{
    return paced->frame.brief ? paced->start : paced->start + pace->min;
}

static enum mim_status
write_pending(struct mim_frame_pace *pace, int64_t end, struct mim_error *err)
{
    struct mim_paced_frame first = pace->pending[0];
    pace->pending[0] = pace->pending[1];
    pace->pending[1] = (struct mim_paced_frame){ .start = 0 };
    pace->pending_count--;
    return write_frame(pace, &first.frame, end - first.start, err);
}

/* A short frame starts later, once the one before has lasted long enough. Drop it if it is over by then. */
static enum mim_status
take_spaced(struct mim_frame_pace *pace, struct mim_frame *frame, struct mim_error *err)
{
    const struct mim_paced_frame *last = pace->pending_count ? &pace->pending[pace->pending_count - 1] : NULL;
    int64_t start = pace->end, free = last ? earliest_end(pace, last) : 0;
    advance_end(pace, frame);
    if (start < free)
        start = free;
    if (last && !frame->brief && pace->end <= start) {
        enum mim_status status = report_drop(pace, frame, err);
        mim_frame_clear(frame);
        return status;
    }
    enum mim_status status = pace->pending_count == 2 ? write_pending(pace, pace->pending[1].start, err) : MIM_OK;
    pace->pending[pace->pending_count++] = (struct mim_paced_frame){ *frame, start };
    *frame = (struct mim_frame){ .pts = MIM_NO_PTS };
    return status;
}

/* Repeat the frame until its end. */
static enum mim_status
take_repeated(struct mim_frame_pace *pace, struct mim_frame *frame, struct mim_error *err)
{
    if (frame->brief) {
        frame->duration = mim_frame_timing_brief((uint32_t)frame->time_base.num, (uint32_t)frame->time_base.den);
        pace->plugin->timing.has_short_frame = true; /* reports it */
        frame->brief = 0;
    }
    advance_end(pace, frame);
    int64_t count = pace->end - pace->written;
    if (count <= 0 && !pace->written)
        count = 1;
    if (count > MAX_REPEATS)
        return mim_fail(err, MIM_LIMIT, "frame %llu lasts too long: at one rate, it would be repeated %lld times",
                        (unsigned long long)frame->index, (long long)count);
    enum mim_status status =
        count == 1 ? MIM_OK
                   : report_change(pace, frame, count > 1 ? "frames are repeated: this format stores one rate for all frames"
                                                          : "frames are dropped: this format stores one rate for all frames",
                                   err);
    if (count <= 0) {
        mim_frame_clear(frame);
        return status;
    }
    pace->written += count;
    while (status == MIM_OK && --count > 0) {
        struct mim_frame copy = { .pts = MIM_NO_PTS };
        status = mim_conversion_of_frame(&copy, frame, &(struct mim_conversion_target){ 0 }, err);
        if (status == MIM_OK)
            status = write_frame(pace, &copy, 1, err);
    }
    return status == MIM_OK ? write_frame(pace, frame, 1, err) : status;
}

enum mim_status
mim_frame_pace_take(struct mim_frame_pace *pace, struct mim_frame *frame, struct mim_error *err)
{
    if (pace->tick.den && mim_time_base_valid(frame->time_base))
        return (pace->min ? take_spaced : take_repeated)(pace, frame, err);
    enum mim_status status = mim_frame_pace_finish(pace, err);
    return status == MIM_OK ? mim_writer_take(pace->writer, frame, err) : status;
}

/* The last frame lasts long enough or gives its time to the one before, unless it is the only frame. */
enum mim_status
mim_frame_pace_finish(struct mim_frame_pace *pace, struct mim_error *err)
{
    enum mim_status status = MIM_OK;
    if (pace->pending_count == 2 && pace->end < earliest_end(pace, &pace->pending[1])) {
        status = report_drop(pace, &pace->pending[1].frame, err);
        mim_frame_clear(&pace->pending[1].frame);
        pace->pending_count--;
    }
    while (status == MIM_OK && pace->pending_count)
        status = write_pending(pace, pace->pending_count == 2 ? pace->pending[1].start : pace->end, err);
    return status;
}

void
mim_frame_pace_clear(struct mim_frame_pace *pace)
{
    for (unsigned i = 0; i < 2; i++)
        mim_frame_clear(&pace->pending[i].frame);
    pace->pending_count = 0;
}
