/* SPDX-License-Identifier: MIT */
/* Rounds the end time of each frame rather than its duration, so that errors do not accumulate. */
#include "write/frame-timing.h"

#include <mim/kit/ratio.h>

/* `seconds` is not negative. */
static int64_t
round_hundredths(double seconds)
{
    return (int64_t)(seconds * 100 + 0.5);
}

/* End time of the frame in hundredths since the start. */
static int64_t
end_of(struct gif_frame_timing *timing, uint64_t index, int64_t duration)
{
    if (timing->fps.den)
        return mim_ratio_scale((int64_t)(index + 1) * 100, (uint64_t)timing->fps.den, (uint64_t)timing->fps.num);
    if (timing->seconds.count == 1)
        return round_hundredths((double)(index + 1) * timing->seconds.values[0]);
    if (timing->seconds.count) {
        timing->elapsed += timing->seconds.values[index];
        return round_hundredths(timing->elapsed);
    }
    if (!timing->time_den)
        return (int64_t)(index + 1) * GIF_DELAY_DEFAULT;
    if (duration > 0)
        timing->ticks += duration;
    return mim_ratio_scale(timing->ticks, (uint64_t)100 * timing->time_num, timing->time_den);
}

int64_t
gif_frame_timing_delay(struct gif_frame_timing *timing, uint64_t index, int64_t duration)
{
    int64_t delay = end_of(timing, index, duration) - timing->assigned;

    if (delay < 0 || delay > GIF_DELAY_MAX)
        return -1;
    timing->assigned += delay;
    return delay;
}
