/* SPDX-License-Identifier: MIT */
/* Refines a palette by k-means. */
#ifndef MIM_GIF_REFINE_H
#define MIM_GIF_REFINE_H

#include "palette/nearest.h"
#include "palette/points.h"

/*
 * Run a few steps of k-means: each colour becomes the mean of its nearest points, and entries without points move to
 * where the error is largest. `palette` holds `count` colours, 1 to `limit`. Returns the new count. Overwrites
 * `nearest`.
 */
uint32_t gif_refine(struct gif_nearest *nearest, const struct gif_points *points, uint32_t limit, uint32_t count,
                    uint32_t *palette);

#endif
