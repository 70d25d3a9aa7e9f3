/* SPDX-License-Identifier: MIT */
/* Decodes a picture, or a part of it, with libjpeg. */
#ifndef MIM_JPEG_DECODE_H
#define MIM_JPEG_DECODE_H

#include "read/segments.h"

/* Bytes that libjpeg allocates at most. */
uint64_t jpeg_decode_memory(const struct jpeg_header *header);
/* The op `pixels`. The packet is a struct jpeg_parts. */
int32_t jpeg_decode(struct mim_job *job, const void *packet, const struct mim_frame_info *info, uint32_t part,
                    struct mim_raster *raster);

#endif
