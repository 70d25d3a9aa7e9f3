/* SPDX-License-Identifier: MIT */
/* Frame delays in hundredths of a second with an exact sum. */
#ifndef MIM_GIF_FRAME_TIMING_H
#define MIM_GIF_FRAME_TIMING_H

#include <mim/plugin.h>

enum { GIF_DELAY_MAX = 65535, GIF_DELAY_DEFAULT = 10 };

/* Durations come from the first that is set of `fps`, `seconds` and the source's time base; else 0.1 s each. */
struct gif_frame_timing {
    struct mim_rational fps;
    struct mim_list seconds; /* one for all frames, or one per frame */
    uint32_t time_num, time_den;
    int64_t ticks;    /* source ticks so far */
    double elapsed;   /* sum of the listed seconds so far */
    int64_t assigned; /* sum of the delays so far */
};

/* The delay of frame `index`. Call once per frame in order; `duration` is in source ticks. -1: too long for GIF. */
int64_t gif_frame_timing_delay(struct gif_frame_timing *timing, uint64_t index, int64_t duration);

#endif
