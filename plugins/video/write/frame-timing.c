/* SPDX-License-Identifier: MIT */
/* Converts the timing of the source, or applies a constant rate. */
#include "write/frame-timing.h"

#include <limits.h>

#include <libavutil/mathematics.h>

#include <mim/kit/ratio.h>

#include "write/cadence.h"

#define DEFAULT_FPS 10
#define MILLI 1000
#define MOVED "frame times are adjusted to those that this format can store"
#define FINEST_TICK 1000000 /* ticks a second, where the source's tick does not fit an AVRational */

/* Ticks of the file per tick of the sequence: num / den. */
struct factor {
    uint64_t num, den;
};

static struct factor
factor_of(const struct video_frame_timing *timing)
{
    return (struct factor){ (uint64_t)timing->time_num * (unsigned)timing->tick.den,
                            (uint64_t)timing->time_den * (unsigned)timing->tick.num };
}

/* Convert the sequence's ticks to the file's, rounded to the nearest. */
static int64_t
rescale_ticks(const struct video_frame_timing *timing, int64_t ticks)
{
    struct factor factor = factor_of(timing);
    int64_t result = mim_ratio_scale(ticks, factor.num, factor.den);
    return result > INT64_MAX / 4 ? INT64_MAX / 4 : result < -INT64_MAX / 4 ? -INT64_MAX / 4 : result;
}

static bool
is_exact(const struct video_frame_timing *timing, int64_t ticks)
{
    struct factor factor = factor_of(timing);
    return mim_ratio_is_whole(ticks, factor.num, factor.den);
}

static int32_t
start_given(struct mim_job *job, struct video_frame_timing *timing, struct mim_rational fps,
            const struct mim_sequence *sequence)
{
    if (fps.num <= 0 || fps.den < 0 || !av_reduce(&timing->rate.num, &timing->rate.den, fps.num, fps.den, INT_MAX))
        return job->host->fail(job, MIM_OPTION, MIM_UNKNOWN,
                               "fps is %lld/%lld: it must be positive, with both numbers below 2147483648",
                               (long long)fps.num, (long long)fps.den);
    timing->is_even = timing->is_requested = true;
    timing->tick = av_inv_q(timing->rate);
    timing->nominal = 1;

    uint64_t duration = sequence->first.duration > 0 ? (uint64_t)sequence->first.duration : 0;
    uint64_t is = (uint64_t)sequence->time_num * (unsigned)timing->rate.num;
    uint64_t wanted = (uint64_t)sequence->time_den * (unsigned)timing->rate.den;
    if (!sequence->time_den || mim_ratio_compare(duration, is, wanted, 1) == 0)
        return MIM_OK;
    timing->replaces = true;
    return job->host->notice(job, MIM_NOTICE_TIMING, "the source's timing is replaced by fps");
}

/* Milliseconds are too coarse for 30 frames per second: find the rate that rounded durations mean. */
static AVRational
rate_of_first(const struct mim_sequence *sequence, AVRational tick)
{
    int64_t num;
    AVRational span;

    if (__builtin_mul_overflow(sequence->time_num, sequence->first.duration, &num) || num <= 0)
        return (AVRational){ DEFAULT_FPS, 1 };
    if (num <= INT32_MAX && !av_cmp_q(tick, (AVRational){ 1, MILLI }))
        return video_cadence_rate(1, sequence->first.duration, tick);
    av_reduce(&span.num, &span.den, num, sequence->time_den, INT_MAX);
    return span.num > 0 && span.den > 0 ? av_inv_q(span) : (AVRational){ DEFAULT_FPS, 1 };
}

static void
start_as_source(struct video_frame_timing *timing, const struct mim_sequence *sequence, bool evenly)
{
    timing->tick = (AVRational){ 1, FINEST_TICK };
    if (sequence->time_num <= INT_MAX && sequence->time_den <= INT_MAX)
        av_reduce(&timing->tick.num, &timing->tick.den, sequence->time_num, sequence->time_den, INT_MAX);
    timing->rate = rate_of_first(sequence, timing->tick);
    timing->time_num = sequence->time_num;
    timing->time_den = sequence->time_den;
    if (evenly) {
        timing->tick = av_inv_q(timing->rate);
        timing->is_even = true;
        timing->nominal = 1;
        timing->first_duration = sequence->first.duration;
        return;
    }
    timing->nominal = sequence->first.duration > 0 ? rescale_ticks(timing, sequence->first.duration) : 0;
    if (timing->nominal < 1)
        timing->nominal = av_rescale_q(1, av_inv_q(timing->rate), timing->tick);
    if (timing->nominal < 1)
        timing->nominal = 1;
}

int32_t
video_frame_timing_start(struct mim_job *job, struct video_frame_timing *timing, struct mim_rational fps,
                         const struct mim_sequence *sequence, bool evenly)
{
    *timing =
        (struct video_frame_timing){ .time_num = 1, .time_den = DEFAULT_FPS, .first = sequence->first.pts, .last = -1 };
    if (fps.den)
        return start_given(job, timing, fps, sequence);
    if (sequence->time_den) {
        start_as_source(timing, sequence, evenly);
        return MIM_OK;
    }
    timing->is_even = true; /* neither the caller nor the source has a rate */
    timing->rate = (AVRational){ DEFAULT_FPS, 1 };
    timing->tick = av_inv_q(timing->rate);
    timing->nominal = 1;
    return MIM_OK;
}

/* Report only the first moved frame. */
static int32_t
report_move(struct mim_job *job, struct video_frame_timing *timing, const char *text)
{
    if (timing->has_reported_move)
        return MIM_OK;
    timing->has_reported_move = true;
    return job->host->notice(job, MIM_NOTICE_TIMING, text);
}

static int32_t
check_alike(struct mim_job *job, struct video_frame_timing *timing, int64_t duration, int64_t first)
{
    int64_t off = duration - first;
    if (off >= -1 && off <= 1)
        return MIM_OK;
    return report_move(job, timing, "frame durations differ, but this format stores one rate for all frames");
}

int32_t
video_frame_timing_next(struct mim_job *job, struct video_frame_timing *timing, uint64_t index,
                        const struct mim_frame_info *info, struct video_time *time)
{
    if (timing->is_even) {
        *time = (struct video_time){ (int64_t)index, 1 };
        return timing->first_duration ? check_alike(job, timing, info->duration, timing->first_duration) : MIM_OK;
    }
    int64_t due = timing->due;
    if (info->pts != MIM_NO_PTS && timing->first != MIM_NO_PTS &&
        __builtin_sub_overflow(info->pts, timing->first, &due))
        due = timing->due;
    int64_t wanted = rescale_ticks(timing, due), duration = info->duration > 0 ? info->duration : 0;
    time->start = wanted > timing->last ? wanted : timing->last + 1;
    bool moved = time->start != wanted || !is_exact(timing, due);
    if (__builtin_add_overflow(due, duration, &timing->due))
        timing->due = due;
    timing->last = time->start;
    time->duration = duration ? rescale_ticks(timing, timing->due) - time->start : timing->nominal;
    if (time->duration < 1)
        time->duration = 1;
    return moved ? report_move(job, timing, MOVED) : MIM_OK;
}

int32_t
video_frame_timing_check_grid(struct mim_job *job, struct video_frame_timing *timing, int64_t start, AVRational grid)
{
    int64_t nearest = av_rescale_q(start, timing->tick, grid);
    return av_compare_ts(nearest, grid, start, timing->tick) ? report_move(job, timing, MOVED) : MIM_OK;
}

int32_t
video_frame_timing_check_even(struct mim_job *job, struct video_frame_timing *timing, int64_t duration)
{
    return check_alike(job, timing, duration, timing->nominal);
}
