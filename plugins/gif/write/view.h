/* SPDX-License-Identifier: MIT */
/* Which pixels of a frame are drawn, given its neighbours. */
#ifndef MIM_GIF_VIEW_H
#define MIM_GIF_VIEW_H

#include <stdbool.h>

#include <mim/plugin.h>

#include "palette/key.h"

/* A frame of 3 or 4 channels and the part to draw. */
struct gif_view {
    const struct mim_raster *frame;
    const struct mim_raster *below; /* the frame on the canvas; NULL: blank */
    uint32_t x, y, width, height;   /* the rectangle to draw */
    uint32_t threshold;             /* lowest alpha of an opaque pixel */
    bool wants_plain_runs;          /* draw unchanged runs of one colour */
    uint32_t min_run;               /* skip unchanged runs of at least this length; 0: draw everything */
};

/* Call once per row: polls the host about every million pixels. Status of poll. */
int32_t gif_view_poll(struct mim_job *job, uint32_t y, uint32_t width);

/* Enclose the pixels that are opaque in `before` and transparent in `after`. Height 0: there are none. Status of poll, as
 * for the next three. */
int32_t gif_view_find_turned(struct mim_job *job, const struct mim_raster *before, const struct mim_raster *after,
                             uint32_t threshold, struct mim_rect *rect);

/* Is any alpha neither 0 nor 255? */
int32_t gif_view_has_partial_alpha(struct mim_job *job, const struct mim_raster *frame, bool *found);

/* Do both frames look the same? */
int32_t gif_view_equal(struct mim_job *job, const struct mim_raster *one, const struct mim_raster *other,
                       uint32_t threshold, bool *equal);

/* Shrink the rectangle to the changes from `below`, if it is the whole frame, or from a blank canvas. `*differs` false:
 * none, and the rectangle is one pixel. */
int32_t gif_view_shrink(struct mim_job *job, struct gif_view *view, bool *differs);

/* Get the `width` keys of row `y` of the rectangle. */
void gif_view_row(const struct gif_view *view, uint32_t y, uint32_t *keys);

/* Is any of the keys transparent? */
bool gif_view_has_transparent(const uint32_t *keys, uint32_t count);

#endif
