/* SPDX-License-Identifier: MIT */
/* One frame as a PNG file of its own, generated while it is read. */
#ifndef MIM_PNG_SINGLE_FRAME_H
#define MIM_PNG_SINGLE_FRAME_H

#include "chunk/header.h"

enum {
    PNGX_SINGLE_FRAME_HEAD_MAX =
        PNGX_SIGNATURE_SIZE + 3 * PNGX_CHUNK_FRAME + PNGX_IHDR_SIZE + PNGX_PLTE_MAX + PNGX_TRNS_MAX
};

struct pngx_single_frame {
    struct mim_job *job;
    struct mim_window *window;
    struct pngx_fault fault;
    const uint8_t *piece; /* the bytes that are read next */
    uint64_t piece_size;
    int step;
    bool is_fdat;  /* pixels are in fdAT chunks */
    uint64_t next; /* offset of the next chunk */
    struct pngx_chunk chunk;
    uint64_t done;     /* bytes of its data that were read */
    uint32_t sum;      /* CRC of its type and these bytes */
    uint32_t sequence; /* expected in the next fdAT */
    uint8_t small[PNGX_CHUNK_FRAME];
    uint8_t head[PNGX_SINGLE_FRAME_HEAD_MAX];
};

/* The size of a frame and the place of its pixels. */
struct pngx_frame {
    uint32_t width, height;
    uint64_t pixels;   /* offset of the first IDAT or fdAT */
    uint32_t sequence; /* of that fdAT */
    bool is_fdat;
};

void pngx_single_frame_open(struct pngx_single_frame *file, struct mim_job *job, struct mim_window *window,
                            const struct pngx_header *header, const struct pngx_frame *frame);

/*
 * Read the next `size` bytes. On failure, file->fault has the error. Checks the checksums of the source; those of the
 * generated file are zero.
 */
int32_t pngx_single_frame_read(struct pngx_single_frame *file, uint8_t *data, uint64_t size);

#endif
