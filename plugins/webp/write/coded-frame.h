/* SPDX-License-Identifier: MIT */
/* What encode concludes of a frame, for put. */
#ifndef MIM_WEBP_CODED_FRAME_H
#define MIM_WEBP_CODED_FRAME_H

#include <stdbool.h>

#include <mim/plugin.h>

struct webp_coded_frame {
    struct mim_rect rect; /* the part of the canvas that changes, at even offsets */
    uint32_t duration;    /* milliseconds */
    bool has_alpha;
    bool has_alpha_chunk; /* ALPH, which only the extended layout has */
    bool is_lossy;
    bool is_overlay;      /* drawn over the previous frame; else it replaces the rectangle */
};

#endif
