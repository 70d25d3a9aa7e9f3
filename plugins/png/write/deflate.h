/* SPDX-License-Identifier: MIT */
/* Two ways to make a deflate stream: libdeflate, and zlib with runs only. */
#ifndef MIM_PNG_DEFLATE_H
#define MIM_PNG_DEFLATE_H

#include "shared/deflate.h"

/** What a worker keeps. Zeroed = nothing. */
struct pngx_deflater {
    struct shared_compressor compressor;
    int32_t level;
    struct shared_bytes out;
};

/** Be ready to work at that level, 0 to SHARED_LEVEL_MAX: the same for all that a worker does. NOMEM. */
int32_t pngx_deflater_open(struct mim_job *job, struct pngx_deflater *deflater, int32_t level);
void pngx_deflater_close(struct mim_job *job, struct pngx_deflater *deflater);

/** How many bytes these become, either way. NOMEM. */
int32_t pngx_deflate_try(struct mim_job *job, struct pngx_deflater *deflater, const uint8_t *data, uint64_t size,
                         uint64_t *packed);
int32_t pngx_deflate_try_runs(struct mim_job *job, struct pngx_deflater *deflater, const uint8_t *data, uint64_t size,
                              uint64_t *packed);

/** Emit a whole zlib stream. NOMEM, or what the host said. */
int32_t pngx_deflate(struct mim_job *job, struct pngx_deflater *deflater, const uint8_t *data, uint64_t size);

/** Open a stream that uses the deflater's level and buffer. */
int32_t pngx_deflate_open_stream(struct mim_job *job, struct pngx_deflater *deflater, struct shared_stream *stream,
                                 bool runs);

#endif
