/* SPDX-License-Identifier: MIT */
/* Decodes a frame's codes to indices or colours. */
#ifndef MIM_GIF_PIXELS_H
#define MIM_GIF_PIXELS_H

#include "lzw/unlzw.h"
#include "read/blocks.h"

enum { GIF_PALETTE_SIZE = 256 };

/* Everything needed to decode one frame. */
struct gif_packet {
    struct gif_frame frame;
    uint32_t palette_size; /* 0: neither a local nor a global table */
    GifColorType palette[GIF_PALETTE_SIZE];
};

/* Decoding state of one thread. */
struct gif_worker {
    struct gif_unlzw decoder;
    uint8_t *codes; /* host memory, reused by the next frame */
    uint64_t capacity;
};

void gif_worker_close(struct mim_job *job);

/*
 * The op `pixels`; the worker is a struct gif_worker. Writes indices to one channel, and the palette for INDEX8, or
 * colours to 3 or 4 channels.
 */
int32_t gif_pixels(struct mim_job *job, const void *packet, const struct mim_frame_info *info, uint32_t part,
                   struct mim_raster *raster);

#endif
