/* SPDX-License-Identifier: MIT */
/* libdeflate for whole buffers, zlib for streams whose parts can be joined. */
#ifndef MIM_SHARED_DEFLATE_H
#define MIM_SHARED_DEFLATE_H

#include <libdeflate.h>
#include <zlib.h>

#include "shared/memory.h"

enum { SHARED_LEVEL_MAX = 12, SHARED_ZLIB_LEVEL_MAX = 9, SHARED_PIECE_BYTES = 64 * 1024, SHARED_SUM_BYTES = 4 };

/* A compressor whose memory is reserved with the host. Zeroed = none. */
struct shared_compressor {
    struct libdeflate_compressor *libdeflate;
    uint64_t reserved; /* bytes */
};

/* Allocate it on the first call; later calls must name the same level, 0 to SHARED_LEVEL_MAX. NOMEM. */
int32_t shared_compressor_open(struct mim_job *job, struct shared_compressor *compressor, int level);
void shared_compressor_close(struct mim_job *job, struct shared_compressor *compressor);

/* Arguments of zlib's deflateInit2(). */
struct shared_settings {
    int level, window_bits, memory_level, strategy;
};

/* A raw deflate stream: no header, no checksum. */
struct shared_stream {
    z_stream zlib;
    struct shared_memory memory;
    uint8_t *piece; /* the caller's buffer of SHARED_PIECE_BYTES, through which output is emitted */
    uint32_t sum;   /* Adler-32 of the input so far */
};

/* NOMEM without a message. A stream that failed to open must not be closed. */
int32_t shared_stream_open(struct mim_job *job, struct shared_stream *stream, const struct shared_settings *settings,
                           uint8_t *piece);
/*
 * Compress `data` and emit what zlib returns. `flush` is Z_NO_FLUSH, Z_SYNC_FLUSH at the end of a part, or Z_FINISH at
 * the end of the last part.
 */
int32_t shared_stream_add(struct mim_job *job, struct shared_stream *stream, const uint8_t *data, uint64_t size,
                          int flush);
void shared_stream_close(struct shared_stream *stream);

/* Emit an Adler-32, most significant byte first. */
int32_t shared_emit_sum(struct mim_job *job, uint32_t sum);
/* The Adler-32 in the last SHARED_SUM_BYTES of a part. */
uint32_t shared_sum_of_part(const struct mim_coded_part *part);

#endif
