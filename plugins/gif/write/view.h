/* SPDX-License-Identifier: MIT */
/* What of a frame has to be drawn, given the frames beside it. */
#ifndef MIM_GIF_VIEW_H
#define MIM_GIF_VIEW_H

#include <stdbool.h>

#include <mim/plugin.h>

#include "palette/key.h"

/** A frame of 3 or 4 channels and the part of it to draw. */
struct gif_view {
    const struct mim_raster *frame;
    const struct mim_raster *below; /**< what stands on the canvas already; NULL: nothing */
    uint32_t x, y, width, height;   /**< the rectangle */
    uint32_t threshold;             /**< alpha from which on a pixel is opaque */
    bool wants_plain_runs;          /**< of these, runs of one colour are drawn */
    uint32_t min_run; /**< so many pixels in a row that equal those below are not drawn; 0: all are drawn */
};

/** To be asked once a row: is it time to look whether to go on, after about a million pixels? Status of poll. */
int32_t gif_view_poll(struct mim_job *job, uint32_t y, uint32_t width);

/** Is there a pixel that is opaque in `before` and transparent in `after`? Status of poll; so the three below. */
int32_t gif_view_turns_transparent(struct mim_job *job, const struct mim_raster *before, const struct mim_raster *after,
                                   uint32_t threshold, bool *found);

/** Is there an alpha that is neither 0 nor 255? */
int32_t gif_view_has_partial_alpha(struct mim_job *job, const struct mim_raster *frame, bool *found);

/** Does every pixel look the same in both? */
int32_t gif_view_equal(struct mim_job *job, const struct mim_raster *one, const struct mim_raster *other,
                       uint32_t threshold, bool *equal);

/** Shrink the rectangle to what differs from `below`. `*differs` false: nothing does, and it is one pixel. */
int32_t gif_view_shrink(struct mim_job *job, struct gif_view *view, bool *differs);

/** Keys of row `y` of the rectangle, `width` of them. */
void gif_view_row(const struct gif_view *view, uint32_t y, uint32_t *keys);

/** Is there a pixel that is not drawn among what gif_view_row() gave? */
bool gif_view_has_transparent(const uint32_t *keys, uint32_t count);

#endif
