/* SPDX-License-Identifier: MIT */
/* Delays of frames as quotients of 16-bit numbers whose sum stays right. */
#ifndef MIM_PNG_FRAME_TIMING_H
#define MIM_PNG_FRAME_TIMING_H

#include <mim/plugin.h>

enum { PNGX_SECONDS_MAX = 65535 };

struct pngx_delay {
    uint16_t num, den;
};

/* The source of durations, the first that is set: `fps`, `seconds`, the time base of the source, 0.1 s. */
struct pngx_frame_timing {
    struct mim_rational fps;
    struct mim_list seconds; /* one for all frames, or one per frame */
    uint32_t time_num, time_den;
    double carried_error; /* rounding error so far, in seconds */
};

/*
 * Get the delay of frame `index`; to be called for each frame in order. `duration` is in ticks of the source. Returns 0
 * for one that is too long.
 */
int32_t pngx_frame_timing_delay(struct pngx_frame_timing *timing, uint64_t index, int64_t duration,
                                struct pngx_delay *delay);

#endif
