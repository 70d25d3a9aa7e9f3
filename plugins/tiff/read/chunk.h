/* SPDX-License-Identifier: MIT */
/* The rows that are decoded at once: strips, a row of tiles, or a part of a long strip. */
#ifndef MIM_TIFF_READ_CHUNK_H
#define MIM_TIFF_READ_CHUNK_H

#include <stdint.h>

#include <mim/plugin.h>

#include "read/page.h"
#include "read/worker.h"

/* The decoding of one part. `block` holds the unpacked rows of a chunk, or is the raster itself. */
struct tiff_decoding {
    struct mim_job *job;
    struct tiff_read_worker *worker;
    const struct tiff_page *page;
    const struct mim_raster *raster;
    const uint16_t *palette;
    uint8_t *coded;
    uint64_t coded_size;
    uint8_t *block;
    uint64_t block_stride;
};

/* Decode rows into the block. With damage, and if such frames are wanted, what cannot be decoded becomes zeros. */
int32_t tiff_chunk_read(struct tiff_decoding *d, uint32_t first_row, uint32_t rows);
int32_t tiff_chunk_no_memory(struct tiff_decoding *d, uint64_t size);

#endif
