/* SPDX-License-Identifier: MIT */
/* Derives a rate or a grid from the times of the first frames. */
#include "write/cadence.h"

#include <limits.h>
#include <stddef.h>

#include <libavutil/mathematics.h>

#define COARSEST_ROUNDING 100 /* ticks a second, of GIF; coarser times mean what they say */
#define FINEST_GRID 200 /* ticks a second; AVI stores an entry for each */

/* Rates that sources mean by rounded durations such as 33, 33, 34 ms. */
static const AVRational usual_rates[] = {
    { 24000, 1001 }, { 24, 1 }, { 25, 1 }, { 30000, 1001 }, { 30, 1 }, { 48, 1 }, { 50, 1 },
    { 60000, 1001 }, { 60, 1 }, { 10, 1 }, { 12, 1 },       { 15, 1 }, { 20, 1 }, { 120, 1 },
};

void
video_cadence_note(struct video_cadence *cadence, int64_t start)
{
    if (cadence->count < cadence->max)
        cadence->starts[cadence->count++] = start;
}

static int64_t
distance_between(int64_t a, int64_t b)
{
    return a < b ? b - a : a - b;
}

AVRational
video_cadence_rate(int64_t frames, int64_t span, AVRational tick)
{
    AVRational mean, best = { 0, 1 };
    int64_t smallest = 0;

    for (size_t i = 0; i < sizeof usual_rates / sizeof *usual_rates; i++) {
        int64_t ideal = av_rescale_q(frames, av_inv_q(usual_rates[i]), av_mul_q(tick, (AVRational){ 1, 1000 }));
        int64_t off = distance_between(ideal, span * 1000);
        if (off <= 1000 && (!best.num || off < smallest)) {
            best = usual_rates[i];
            smallest = off;
        }
    }
    av_reduce(&mean.num, &mean.den, frames * tick.den, span * tick.num, INT_MAX);
    return best.num ? best : mean;
}

bool
video_cadence_is_regular(const struct video_cadence *cadence, AVRational tick, AVRational alone, AVRational *rate)
{
    int64_t steps = (int64_t)cadence->count - 1, span = steps > 0 ? cadence->starts[steps] - cadence->starts[0] : 0;
    bool is_exact = true, is_rounded = av_cmp_q(tick, (AVRational){ 1, COARSEST_ROUNDING }) <= 0;

    *rate = alone;
    if (steps < 1 || span > INT32_MAX)
        return steps < 1;
    for (int64_t i = 1; i < steps; i++) {
        int64_t off = distance_between((cadence->starts[i] - cadence->starts[0]) * steps, i * span);
        if (off > (is_rounded ? steps : 0))
            return false;
        is_exact &= off == 0;
    }
    if (is_exact)
        av_reduce(&rate->num, &rate->den, steps * tick.den, span * tick.num, INT_MAX);
    else
        *rate = video_cadence_rate(steps, span, tick);
    return rate->num > 0 && rate->den > 0;
}

AVRational
video_cadence_grid(const struct video_cadence *cadence, AVRational tick)
{
    int64_t common = 0, span;
    AVRational grid;

    for (unsigned i = 1; i < cadence->count; i++)
        common = av_gcd(common, cadence->starts[i] - cadence->starts[i - 1]);
    if (__builtin_mul_overflow(common ? common : 1, (int64_t)tick.num, &span))
        return (AVRational){ 1, FINEST_GRID };
    av_reduce(&grid.num, &grid.den, span, tick.den, INT_MAX);
    return av_cmp_q(grid, (AVRational){ 1, FINEST_GRID }) < 0 ? (AVRational){ 1, FINEST_GRID } : grid;
}
