/* SPDX-License-Identifier: MIT */
/* Decodes the usual frames without libpng, in bands that stay in the processor's cache. */
#ifndef MIM_PNG_BANDS_H
#define MIM_PNG_BANDS_H

#include "read/reader-state.h"

/*
 * Decode a frame. Returns false if libpng must do it, from the start: the frame is interlaced or otherwise unusual,
 * anything in the file is wrong, memory is short or the job is cancelled.
 */
bool pngx_bands_read(struct mim_job *job, const struct pngx_frame *frame, const struct mim_raster *raster);
/* Decode the rows of a damaged frame that are there, and return their number. */
uint32_t pngx_bands_salvage(struct mim_job *job, const struct pngx_frame *frame, const struct mim_raster *raster);

#endif
