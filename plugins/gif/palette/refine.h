/* SPDX-License-Identifier: MIT */
/* Moves the colours of a palette to where points need them. */
#ifndef MIM_GIF_REFINE_H
#define MIM_GIF_REFINE_H

#include "palette/nearest.h"
#include "palette/points.h"

/**
 * A few steps of k-means: each colour becomes the mean of the points nearest to it, and entries without points go to where
 * the error is greatest. `palette` holds `count` colours, 1 to `limit`; returns how many it holds then. Leaves `nearest`
 * set to something else.
 */
uint32_t gif_refine(struct gif_nearest *nearest, const struct gif_points *points, uint32_t limit, uint32_t count,
                    uint32_t *palette);

#endif
