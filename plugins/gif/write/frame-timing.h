/* SPDX-License-Identifier: MIT */
/* Delays of frames, in hundredths of a second, so that their sum is right. */
#ifndef MIM_GIF_FRAME_TIMING_H
#define MIM_GIF_FRAME_TIMING_H

#include <mim/plugin.h>

enum { GIF_DELAY_MAX = 65535, GIF_DELAY_DEFAULT = 10 };

/** Where durations come from, the first that is given: `fps`, `seconds`, the source's time base, 0.1 s. */
struct gif_frame_timing {
    struct mim_rational fps;
    struct mim_list seconds; /**< one for all frames, or one a frame */
    uint32_t time_num, time_den;
    int64_t ticks;    /**< of the source, so far */
    double elapsed;   /**< seconds of the list, so far */
    int64_t assigned; /**< hundredths given away so far */
};

/** The delay of frame `index`, called once for each, in order; `duration` is the source's, in ticks. -1: too long for GIF. */
int64_t gif_frame_timing_delay(struct gif_frame_timing *timing, uint64_t index, int64_t duration);

#endif
