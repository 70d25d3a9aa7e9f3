/* SPDX-License-Identifier: MIT */
/* The compressed pixels of a frame: the data of its IDAT or fdAT chunks. */
#ifndef MIM_PNG_PIXEL_DATA_H
#define MIM_PNG_PIXEL_DATA_H

#include "chunk/chunk.h"

/* The size of a frame and the place of its pixels. */
struct pngx_frame {
    uint32_t width, height;
    uint64_t pixels;   /* offset of the first IDAT or fdAT */
    uint32_t sequence; /* of that fdAT */
    bool is_fdat;
};

struct pngx_pixel_data {
    struct mim_job *job;
    struct mim_window *window;
    struct pngx_fault fault;
    bool is_fdat;  /* pixels are in fdAT chunks */
    uint64_t next; /* offset of the next chunk */
    struct pngx_chunk chunk;
    uint64_t done;     /* bytes of its data that were read */
    uint32_t sum;      /* CRC of its type and these bytes */
    uint32_t sequence; /* expected in the next fdAT */
};

void pngx_pixel_data_open(struct pngx_pixel_data *data, struct mim_job *job, struct mim_window *window,
                          const struct pngx_frame *frame);

/*
 * Start the next chunk; `*size` is the number of its bytes, or `*is_end` is set after the last one. On failure,
 * data->fault has the error.
 */
int32_t pngx_pixel_data_chunk(struct pngx_pixel_data *data, uint32_t *size, bool *is_end);

/*
 * The next bytes of the chunk, at most `max`, which hold until the next call. None at its end, where the checksum is
 * verified. On failure, data->fault has the error.
 */
int32_t pngx_pixel_data_span(struct pngx_pixel_data *data, uint64_t max, const uint8_t **bytes, uint64_t *size);

#endif
