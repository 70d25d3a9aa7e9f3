/* SPDX-License-Identifier: MIT */
/* The smallest rectangle with all pixels in which two rasters differ. */
#ifndef MIM_CORE_FRAME_DIRTY_RECT_H
#define MIM_CORE_FRAME_DIRTY_RECT_H

#include <mim/plugin.h>

/* Zeroed: nothing differs so far. */
struct mim_dirty_rect {
    uint32_t left, top, right, bottom; /* exclusive right and bottom */
};

/* Extend the rectangle by the changes in rows [first, end) of two rasters of the same shape. Rows are added in order. */
void mim_dirty_rect_add(struct mim_dirty_rect *rect, const struct mim_raster *one, const struct mim_raster *other,
                        uint32_t first, uint32_t end);

#endif
