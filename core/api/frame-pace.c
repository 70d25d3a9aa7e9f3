/* SPDX-License-Identifier: MIT */
/* Drops and repeats frames of a conversion. Ends rather than durations are rounded, so that errors do not add up. */
#include "api/frame-pace.h"

#include <mim/kit/ratio.h>

#include "api/reader-priv.h"
#include "api/step-times.h"
#include "api/writer-priv.h"
#include "base/error.h"
#include "frame/conversion.h"
#include "frame/frame.h"
#include "options/timing-options.h"
#include "plugin/operation.h"

#define MAX_FPS 100         /* of a file of one rate, unless the source is even */
#define MAX_REPEATS 1000000 /* of one frame */
#define PEEKED_FRAMES 64    /* of the source, of whose durations the rate is the common divisor */
#define FINE_TICK 1000      /* per second: from here on, durations that differ by a tick may be rounded */

/* --- the tick of the output --------------------------------------------------------------------------------------- */

struct durations {
    int64_t least, most; /* ticks of the source */
    uint64_t common;     /* divisor; 0: there are none */
};

/* Add the first frames of a run, in ascending order. Returns how many frames of the source they span. */
static uint64_t
add_durations(struct durations *found, struct mim_reader *reader, const struct mim_run *run, uint64_t max)
{
    uint64_t stride = mim_run_stride(run);
    uint64_t wanted = (max - 1) / stride + 1, count = run->count < wanted ? run->count : wanted;
    for (uint64_t i = 0; i < count; i++) {
        uint64_t nth = run->step < 0 ? count - 1 - i : i;
        int64_t duration = mim_step_times_of(reader, run, run->first + nth * (uint64_t)run->step);
        if (duration < 0)
            return max;
        if (!duration)
            continue;
        found->least = duration < found->least ? duration : found->least;
        found->most = duration > found->most ? duration : found->most;
        found->common = mim_ratio_common_divisor((uint64_t)duration, found->common);
    }
    return count * stride;
}

static struct durations
find_durations(struct mim_reader *reader)
{
    const struct mim_selection *selection = reader->selection;
    struct durations found = { .least = INT64_MAX };
    uint64_t peeked = 0;
    for (size_t i = 0; i < selection->run_count && peeked < PEEKED_FRAMES; i++)
        peeked += add_durations(&found, reader, &selection->runs[i], PEEKED_FRAMES - peeked);
    return found;
}

/* Set the tick to the duration of frames that last equally long, as far as their time base can tell, else to the common divisor. */
static void
choose_tick(struct mim_frame_pace *pace, struct mim_reader *reader)
{
    const struct mim_sequence *sequence = mim_decoder_sequence(reader->decoder);
    uint64_t den = sequence->time_den;
    struct durations found = den ? find_durations(reader) : (struct durations){ .common = 0 };
    if (!found.common)
        return;
    int64_t rounding = den / sequence->time_num >= FINE_TICK;
    bool is_even = found.most - found.least <= rounding;
    uint64_t num = is_even ? (uint64_t)found.least : found.common;
    if (__builtin_mul_overflow(num, sequence->time_num, &num) || num > INT32_MAX)
        return;
    uint64_t divisor = mim_ratio_common_divisor(num, den);
    bool is_fine = den > num * MAX_FPS || den / divisor > INT32_MAX;
    if (is_even) {
        pace->even_ticks = found.least;
        pace->rounding = rounding;
    }
    pace->tick = is_fine && !is_even ? (struct mim_rational){ 1, MAX_FPS }
                                     : (struct mim_rational){ (int64_t)(num / divisor), (int64_t)(den / divisor) };
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
        choose_tick(pace, reader);
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
        pace->base_start += pace->min ? pace->min : 1;
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

/* Frames that last equally long but for rounding take one tick each, so that the rounding does not add up. */
static void
advance_even_end(struct mim_frame_pace *pace, struct mim_frame *frame)
{
    int64_t own = frame->duration, even = pace->even_ticks;
    bool is_even = own > even - 1 - pace->rounding && own < even + 1 + pace->rounding;
    if (is_even)
        frame->duration = even;
    advance_end(pace, frame);
    if (even)
        frame->duration = is_even ? own : even;
}

/* Frames that last equally long keep their time base, which tells the writer how exact it is. */
static enum mim_status
write_tick(struct mim_frame_pace *pace, struct mim_frame *frame, struct mim_error *err)
{
    return pace->even_ticks ? mim_writer_take(pace->writer, frame, err) : write_frame(pace, frame, 1, err);
}

/* Repeat the frame until its end. */
static enum mim_status
take_repeated(struct mim_frame_pace *pace, struct mim_frame *frame, struct mim_error *err)
{
    if (frame->brief) {
        frame->duration = mim_frame_timing_shown(frame->duration, true, frame->time_base);
        pace->plugin->timing.has_short_frame = true; /* reports it */
        frame->brief = 0;
    }
    advance_even_end(pace, frame);
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
        frame->source_time = MIM_NO_PTS;
        if (status == MIM_OK)
            status = write_tick(pace, &copy, err);
    }
    return status == MIM_OK ? write_tick(pace, frame, err) : status;
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
