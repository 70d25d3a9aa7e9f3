/* SPDX-License-Identifier: MIT */
/* The quantizers: ways to choose a palette for more colours than it holds. */
#ifndef MIM_GIF_QUANTIZE_H
#define MIM_GIF_QUANTIZE_H

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

/** In the order of the names. */
#define GIF_QUANTIZER_NAMES "wu|nq|median"
extern const struct gif_quantizer *const gif_quantizers[];

extern const struct gif_quantizer gif_quantizer_wu, gif_quantizer_nq, gif_quantizer_median;

#endif
