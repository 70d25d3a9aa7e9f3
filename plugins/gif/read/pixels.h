/* SPDX-License-Identifier: MIT */
/* From a frame's codes to its indices or colours. */
#ifndef MIM_GIF_PIXELS_H
#define MIM_GIF_PIXELS_H

#include "lzw/unlzw.h"
#include "read/blocks.h"

enum { GIF_PALETTE_SIZE = 256 };

/** All that decoding one frame takes. */
struct gif_packet {
    struct gif_frame frame;
    uint32_t palette_size; /**< 0: the file has no table for this frame */
    GifColorType palette[GIF_PALETTE_SIZE];
};

/** What one thread decodes with. */
struct gif_worker {
    struct gif_unlzw decoder;
    uint8_t *codes; /**< the host's memory, kept for the next frame */
    uint64_t capacity;
};

void gif_worker_close(struct mim_job *job);

/**
 * The op `pixels`, with a struct gif_worker. Indices in one channel, of INDEX8 with the palette,
 * or 3 or 4 channels of colours.
 */
int32_t gif_pixels(struct mim_job *job, const void *packet, const struct mim_frame_info *info, uint32_t part,
                   struct mim_raster *raster);

#endif
