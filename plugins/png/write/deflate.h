/* SPDX-License-Identifier: MIT */
/* Two ways to compress: libdeflate, and zlib with run-length matches only. */
#ifndef MIM_PNG_DEFLATE_H
#define MIM_PNG_DEFLATE_H

#include <mim/kit/array.h>

#include "shared/deflate.h"

/* State of a worker. Zeroed = empty. */
struct pngx_deflater {
    struct shared_compressor compressor;
    int32_t level;
    struct mim_bytes out;
};

/* Prepare for a level from 0 to SHARED_LEVEL_MAX, which must be the same in all calls of a worker. NOMEM. */
int32_t pngx_deflater_open(struct mim_job *job, struct pngx_deflater *deflater, int32_t level);
void pngx_deflater_close(struct mim_job *job, struct pngx_deflater *deflater);

/* Get the compressed size of `data` for either way. NOMEM. */
int32_t pngx_deflate_try(struct mim_job *job, struct pngx_deflater *deflater, const uint8_t *data, uint64_t size,
                         uint64_t *packed);
int32_t pngx_deflate_try_runs(struct mim_job *job, struct pngx_deflater *deflater, const uint8_t *data, uint64_t size,
                              uint64_t *packed);

/* Emit `data` as a whole zlib stream. Returns NOMEM or an error of the host. */
int32_t pngx_deflate(struct mim_job *job, struct pngx_deflater *deflater, const uint8_t *data, uint64_t size);

/* Open a zlib stream with the deflater's level and buffer. */
int32_t pngx_deflate_open_stream(struct mim_job *job, struct pngx_deflater *deflater, struct shared_stream *stream,
                                 bool is_runs_only);

#endif
