/* SPDX-License-Identifier: MIT */
/* How regular the first frames are, which decides the rate in a header. */
#ifndef MIM_VIDEO_CADENCE_H
#define MIM_VIDEO_CADENCE_H

#include <stdbool.h>
#include <stdint.h>

#include <libavutil/rational.h>

enum {
    VIDEO_CADENCE_FEW = 33,   /* for the rate in a header */
    VIDEO_CADENCE_MAX = 1024, /* for a grid, to which all frames are bound */
};

struct video_cadence {
    int64_t starts[VIDEO_CADENCE_MAX]; /* in ticks, increasing */
    unsigned count, max;
};

void video_cadence_note(struct video_cadence *cadence, int64_t start);
/* The rate of `frames` that last `span` ticks: a common rate that fits within a tick, else the mean. */
AVRational video_cadence_rate(int64_t frames, int64_t span, AVRational tick);
/* Do all frames last equally long, apart from rounding to ticks? Sets `rate`, to `alone` if there is only one frame. */
bool video_cadence_is_regular(const struct video_cadence *cadence, AVRational tick, AVRational alone, AVRational *rate);
/* The greatest common divisor of all starts, but no finer than the tick of common players. */
AVRational video_cadence_grid(const struct video_cadence *cadence, AVRational tick);

#endif
