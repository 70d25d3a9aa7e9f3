/* SPDX-License-Identifier: MIT */
/* From a frame's codes to its indices or colours. */
#ifndef MIM_GIF_PIXELS_H
#define MIM_GIF_PIXELS_H

#include "blocks.h"

enum { GIF_PALETTE_SIZE = 256 };

/** All that decoding one frame takes. */
struct gif_packet {
    struct gif_frame frame;
    uint32_t code_size;
    uint32_t palette_size; /**< 0: the file has no table for this frame */
    uint8_t *codes;        /**< the host's memory */
    uint64_t size, room;
    GifColorType palette[GIF_PALETTE_SIZE];
};

/** The op `pixels`; the worker's memory is a struct gif_unlzw. INDEX8 with the palette, or 3 or 4 channels of colours. */
int32_t gif_pixels(struct mim_job *job, const void *packet, const struct mim_frame_info *info, uint32_t part,
                   struct mim_raster *raster);

#endif
