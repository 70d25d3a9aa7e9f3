/* SPDX-License-Identifier: MIT */
/* The rectangle in which a frame differs from the one before. */
#ifndef MIM_PNG_DIRTY_RECT_H
#define MIM_PNG_DIRTY_RECT_H

#include "write/writer-state.h"

/*
 * Set the rectangle and blending of `layout` and `rows` for `frame` on top of `before` (NULL: the first frame). Returns
 * the status of poll.
 */
int32_t pngx_dirty_rect_find(struct mim_job *job, const struct mim_raster *frame, const struct mim_raster *before,
                             struct pngx_layout *layout, struct pngx_rows *rows);

#endif
