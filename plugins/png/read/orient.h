/* SPDX-License-Identifier: MIT */
/* Turns a decoded picture as its Exif orientation says. */
#ifndef MIM_PNG_ORIENT_H
#define MIM_PNG_ORIENT_H

#include <stdbool.h>

#include <mim/plugin.h>

/* Whether columns become rows. */
bool pngx_orient_transposes(unsigned orientation);
/* Place the stored rows in the raster, which has the turned size. `pixel` is the size of a pixel in bytes, 0: a bit. */
void pngx_orient(unsigned orientation, const struct mim_raster *stored, uint32_t pixel, const struct mim_raster *to);

#endif
