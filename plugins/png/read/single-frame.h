/* SPDX-License-Identifier: MIT */
/* One frame as a PNG file of its own, generated while it is read. */
#ifndef MIM_PNG_SINGLE_FRAME_H
#define MIM_PNG_SINGLE_FRAME_H

#include "chunk/header.h"
#include "read/pixel-data.h"

enum {
    PNGX_SINGLE_FRAME_HEAD_MAX =
        PNGX_SIGNATURE_SIZE + 3 * PNGX_CHUNK_FRAME + PNGX_IHDR_SIZE + PNGX_PLTE_MAX + PNGX_TRNS_MAX
};

struct pngx_single_frame {
    struct pngx_pixel_data data;
    const uint8_t *piece; /* the bytes that are read next */
    uint64_t piece_size;
    int step;
    uint8_t small[PNGX_CHUNK_FRAME];
    uint8_t head[PNGX_SINGLE_FRAME_HEAD_MAX];
};

void pngx_single_frame_open(struct pngx_single_frame *file, struct mim_job *job, struct mim_window *window,
                            const struct pngx_header *header, const struct pngx_frame *frame);

/*
 * Read the next `size` bytes. On failure, file->data.fault has the error. Checks the checksums of the source; those of the
 * generated file are zero.
 */
int32_t pngx_single_frame_read(struct pngx_single_frame *file, uint8_t *data, uint64_t size);

#endif
