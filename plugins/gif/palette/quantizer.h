/* SPDX-License-Identifier: MIT */
/* A way to choose a palette for more colours than it holds. */
#ifndef MIM_GIF_QUANTIZER_H
#define MIM_GIF_QUANTIZER_H

#include "palette/points.h"

/**
 * At most `limit` colours, 1 to 256, as 0xRRGGBB; returns how many. The sample is not empty and may be reordered; the
 * points are made of it.
 */
struct gif_quantizer {
    uint32_t (*choose)(void *memory, struct gif_sample *sample, const struct gif_points *points, uint32_t limit,
                       uint32_t *palette);
    uint32_t memory_size; /**< bytes that `memory` has to have, whatever they hold */
};

#endif
