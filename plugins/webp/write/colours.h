/* SPDX-License-Identifier: MIT */
/* Counts colours. */
#ifndef MIM_WEBP_COLOURS_H
#define MIM_WEBP_COLOURS_H

#include <stdbool.h>

#include <mim/plugin.h>

enum { WEBP_FEW_COLOURS = 256 };

/* Set whether a rectangle of RGB or RGBA pixels has at most WEBP_FEW_COLOURS. Returns the status of poll. */
int32_t webp_colours_are_few(struct mim_job *job, const struct mim_raster *raster, const struct mim_rect *rect, bool *are_few);

#endif
