/* SPDX-License-Identifier: MIT */
/* Delays of frames as quotients of 16-bit numbers, so that their sum is right. */
#ifndef MIM_PNG_DELAY_H
#define MIM_PNG_DELAY_H

#include <mim/plugin.h>

enum { PNGX_SECONDS_MAX = 65535 };

struct pngx_delay {
    uint16_t num, den;
};

/** Where durations come from, the first that is given: `fps`, `seconds`, the source's time base, 0.1 s. */
struct pngx_frame_timing {
    struct mim_rational fps;
    struct mim_list seconds; /**< one for all frames, or one a frame */
    uint32_t time_num, time_den;
    double carried_error; /**< seconds that were rounded away so far */
};

/** The delay of frame `index`, called once for each, in order; `duration` is the source's, in ticks. 0: too long. */
int32_t pngx_frame_timing_delay(struct pngx_frame_timing *timing, uint64_t index, int64_t duration,
                                struct pngx_delay *delay);

#endif
