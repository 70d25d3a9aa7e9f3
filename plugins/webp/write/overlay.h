/* SPDX-License-Identifier: MIT */
/* Frames that are drawn over the previous one: pixels that do not change are transparent. */
#ifndef MIM_WEBP_OVERLAY_H
#define MIM_WEBP_OVERLAY_H

#include <stdbool.h>

#include <mim/plugin.h>

/* Count the pixels of a rectangle, RGB or RGBA, that stay the same. 0 if a change is not opaque: an overlay would show what is
 * below it. Returns the status of poll. */
int32_t webp_overlay_count(struct mim_job *job, const struct mim_raster *raster, const struct mim_raster *before,
                           const struct mim_rect *rect, uint64_t *count);

/* Make pixels of the rectangle that do not change transparent in `argb`, whose rows are `stride` pixels apart. */
void webp_overlay_clear(const struct mim_raster *raster, const struct mim_raster *before, const struct mim_rect *rect,
                        uint32_t *argb, uint64_t stride);

#endif
