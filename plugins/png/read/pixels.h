/* SPDX-License-Identifier: MIT */
/* Decodes the pixels of one frame, on any thread. */
#ifndef MIM_PNG_PIXELS_H
#define MIM_PNG_PIXELS_H

#include <mim/plugin.h>

int32_t pngx_pixels(struct mim_job *job, const void *packet, const struct mim_frame_info *info, uint32_t part,
                    struct mim_raster *raster);

#endif
