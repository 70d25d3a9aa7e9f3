/* SPDX-License-Identifier: MIT */
/* Rounds the end of each frame, not its length: errors do not add up. */
#include "write/frame-timing.h"

#include <mim/kit/ratio.h>

/* Seconds of a clock that never runs backwards. */
static int64_t
round_hundredths(double seconds)
{
    return (int64_t)(seconds * 100 + 0.5);
}

/* When the frame ends, in hundredths since the start. */
static int64_t
end_of(struct gif_clock *clock, uint64_t index, int64_t duration)
{
    if (clock->fps.den)
        return mim_ratio_scale((int64_t)(index + 1) * 100, (uint64_t)clock->fps.den, (uint64_t)clock->fps.num);
    if (clock->seconds.count == 1)
        return round_hundredths((double)(index + 1) * clock->seconds.values[0]);
    if (clock->seconds.count) {
        clock->elapsed += clock->seconds.values[index];
        return round_hundredths(clock->elapsed);
    }
    if (!clock->time_den)
        return (int64_t)(index + 1) * GIF_DELAY_DEFAULT;
    if (duration > 0)
        clock->ticks += duration;
    return mim_ratio_scale(clock->ticks, (uint64_t)100 * clock->time_num, clock->time_den);
}

int64_t
gif_clock_delay(struct gif_clock *clock, uint64_t index, int64_t duration)
{
    int64_t delay = end_of(clock, index, duration) - clock->told;

    if (delay < 0 || delay > GIF_DELAY_MAX)
        return -1;
    clock->told += delay;
    return delay;
}
