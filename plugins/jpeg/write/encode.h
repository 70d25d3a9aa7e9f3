/* SPDX-License-Identifier: MIT */
/* Encodes a picture with libjpeg. */
#ifndef MIM_JPEG_ENCODE_H
#define MIM_JPEG_ENCODE_H

#include <mim/plugin.h>

/* The op `encode`. */
int32_t jpeg_encode(struct mim_job *job, void *packet, const struct mim_frame_info *info, uint32_t part,
                    const struct mim_raster *raster, const struct mim_neighbours *neighbours);

#endif
