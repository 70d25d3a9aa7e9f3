/* SPDX-License-Identifier: MIT */
/* Derives the rate of a file from the timing that the core determined. */
#include "write/frame-timing.h"

#include <limits.h>

#include <libavutil/mathematics.h>

#include "write/cadence.h"

#define DEFAULT_FPS 10
#define MILLI 1000

/* Milliseconds are too coarse for 30 frames per second: find the rate that rounded durations mean. */
static AVRational
rate_of_first(const struct mim_sequence *sequence)
{
    int64_t num;
    AVRational span;

    if (__builtin_mul_overflow(sequence->time_num, sequence->first.duration, &num) || num <= 0)
        return (AVRational){ DEFAULT_FPS, 1 };
    if (num <= INT32_MAX && sequence->time_den == MILLI)
        return video_cadence_rate(1, num, (AVRational){ 1, MILLI });
    av_reduce(&span.num, &span.den, num, sequence->time_den, INT_MAX);
    return span.num > 0 && span.den > 0 ? av_inv_q(span) : (AVRational){ DEFAULT_FPS, 1 };
}

void
video_frame_timing_start(struct video_frame_timing *timing, const struct mim_sequence *sequence)
{
    *timing = (struct video_frame_timing){
        .tick = { (int)sequence->time_num, (int)sequence->time_den },
        .is_even = sequence->timing & MIM_TIMING_EVEN,
        .is_requested = sequence->timing & MIM_TIMING_FPS,
    };
    timing->rate = timing->is_requested ? av_inv_q(timing->tick) : rate_of_first(sequence);
    if (timing->is_even)
        timing->tick = av_inv_q(timing->rate);
}

int32_t
video_frame_timing_check_grid(struct mim_job *job, struct video_frame_timing *timing, int64_t start, AVRational grid)
{
    int64_t nearest = av_rescale_q(start, timing->tick, grid);
    if (timing->has_reported_move || !av_compare_ts(nearest, grid, start, timing->tick))
        return MIM_OK;
    timing->has_reported_move = true;
    return job->host->notice(job, MIM_NOTICE_TIMING, "frame times are adjusted to those that this format can store");
}
