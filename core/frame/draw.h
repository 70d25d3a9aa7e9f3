/* SPDX-License-Identifier: MIT */
/* Draws a part of one raster onto another. */
#ifndef MIM_CORE_FRAME_DRAW_H
#define MIM_CORE_FRAME_DRAW_H

#include <stdbool.h>

#include <mim/plugin.h>

/* The intersection of a rectangle with some rows of a canvas. */
struct mim_cut {
    uint32_t x, y, width, height; /* on the canvas */
    uint32_t from_x, from_y;      /* in the rectangle */
};

/* `over`: blends by alpha; else replaces. */
void mim_draw_cut(const struct mim_raster *canvas, const struct mim_cut *cut, const struct mim_raster *pixels,
                  bool over);

#endif
