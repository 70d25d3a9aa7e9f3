/* SPDX-License-Identifier: MIT */
/* Derives the rate of a file from the timing that the core determined. */
#include "write/frame-timing.h"

#include <limits.h>

#include <libavutil/mathematics.h>

#include "write/cadence.h"

#define DEFAULT_FPS 10
#define MILLI 1000
#define FINEST_TICK 1000000 /* ticks per second of a straightened file */

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

bool
video_frame_timing_has_place(const struct video_frame_timing *timing, const struct video_time *time, AVRational grid)
{
    int64_t end = av_rescale_q(time->start + time->duration, timing->tick, grid);
    return end > av_rescale_q(time->start, timing->tick, grid);
}

int32_t
video_frame_timing_report_drop(struct mim_job *job, struct video_frame_timing *timing)
{
    if (timing->has_reported_drop)
        return MIM_OK;
    timing->has_reported_drop = true;
    return job->host->notice(job, MIM_NOTICE_FRAMES, "frames are dropped to keep the speed: the first frames set the rate");
}

bool
video_frame_timing_is_rounded(const struct video_frame_timing *timing)
{
    return timing->tick.num == 1 && timing->tick.den == MILLI && !timing->is_even;
}

bool
video_frame_timing_set_rate(struct video_frame_timing *timing, AVRational rate)
{
    int64_t den = (int64_t)rate.num / av_gcd(rate.num, MILLI) * MILLI;
    if (!video_frame_timing_is_rounded(timing) || den > FINEST_TICK)
        return false;
    timing->even_rate = rate;
    timing->fine_tick = (AVRational){ 1, (int)den };
    return true;
}

static int64_t
straight_time(const struct video_frame_timing *timing, int64_t time)
{
    int64_t frames = av_rescale_q(time, timing->tick, av_inv_q(timing->even_rate));
    int64_t even = av_rescale_q(frames, av_inv_q(timing->even_rate), timing->fine_tick);
    int64_t exact = av_rescale_q(time, timing->tick, timing->fine_tick), off = even - exact;
    return (off < 0 ? -off : off) <= timing->fine_tick.den / MILLI ? even : exact;
}

void
video_frame_timing_straighten(const struct video_frame_timing *timing, AVPacket *packet)
{
    if (!timing->even_rate.num)
        return;
    int64_t end = straight_time(timing, packet->pts + packet->duration);
    packet->pts = straight_time(timing, packet->pts);
    packet->dts = straight_time(timing, packet->dts);
    packet->duration = end - packet->pts;
}

AVRational
video_frame_timing_tick(const struct video_frame_timing *timing)
{
    return timing->even_rate.num ? timing->fine_tick : timing->tick;
}
