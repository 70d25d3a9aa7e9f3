/* SPDX-License-Identifier: MIT */
/* Two ways to make a deflate stream: libdeflate, and zlib with runs only. */
#ifndef MIM_PNG_SQUEEZE_H
#define MIM_PNG_SQUEEZE_H

#include <libdeflate.h>
#include <zlib.h>

#include "chunk/memory.h"

enum { PNGX_LEVEL_MAX = 12 };

/** What a worker keeps. Zeroed = nothing. */
struct pngx_squeezer {
    struct libdeflate_compressor *compressor;
    int32_t level;
    uint64_t reserved; /**< bytes announced for it */
    struct pngx_bytes out;
};

/** Be ready to work at that level, 0 to PNGX_LEVEL_MAX: the same for all that a worker does. NOMEM. */
int32_t pngx_squeezer_open(struct mim_job *job, struct pngx_squeezer *squeezer, int32_t level);
void pngx_squeezer_close(struct mim_job *job, struct pngx_squeezer *squeezer);

/** How many bytes these become, either way. NOMEM. */
int32_t pngx_squeeze_try(struct mim_job *job, struct pngx_squeezer *squeezer, const uint8_t *data, uint64_t size,
                         uint64_t *packed);
int32_t pngx_squeeze_try_runs(struct mim_job *job, struct pngx_squeezer *squeezer, const uint8_t *data, uint64_t size,
                              uint64_t *packed);

/** Emit a whole zlib stream. NOMEM, or what the host said. */
int32_t pngx_squeeze(struct mim_job *job, struct pngx_squeezer *squeezer, const uint8_t *data, uint64_t size);

/** A stream without head and sum, fed piece by piece. */
struct pngx_stream {
    z_stream zlib;
    struct pngx_memory memory;
    struct pngx_squeezer *squeezer;
    uint32_t sum; /**< Adler-32 so far */
};

int32_t pngx_stream_open(struct mim_job *job, struct pngx_stream *stream, struct pngx_squeezer *squeezer, bool runs);
/** Take `data`; `flush` is zlib's: Z_NO_FLUSH, Z_SYNC_FLUSH at the end of a part, Z_FINISH at that of all. */
int32_t pngx_stream_add(struct mim_job *job, struct pngx_stream *stream, const uint8_t *data, uint64_t size, int flush);
void pngx_stream_close(struct pngx_stream *stream);

#endif
