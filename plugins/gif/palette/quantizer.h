/* SPDX-License-Identifier: MIT */
/* An algorithm that chooses a palette. */
#ifndef MIM_GIF_QUANTIZER_H
#define MIM_GIF_QUANTIZER_H

#include "palette/points.h"

/*
 * `choose` writes up to `limit` colours, 1 to 256, as 0xRRGGBB and returns their count. The sample is not empty, and
 * may be reordered. The points are those of the sample.
 */
struct gif_quantizer {
    uint32_t (*choose)(void *memory, struct gif_sample *sample, const struct gif_points *points, uint32_t limit,
                       uint32_t *palette);
    uint32_t memory_size; /* size of `memory`, which need not be initialized */
};

#endif
