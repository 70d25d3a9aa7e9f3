/* SPDX-License-Identifier: MIT */
/*
 * libdeflate is faster, but needs all input at once and ends its output with a final block. zlib takes input in pieces
 * and makes parts that can be joined.
 */
#include "shared/deflate.h"

#include <mim/kit/bytes.h>

enum { COMPRESSOR_BYTES = 1 << 20 }; /* approximate use of libdeflate; 9 times as much above level 9 */

int32_t
shared_compressor_open(struct mim_job *job, struct shared_compressor *compressor, int level)
{
    uint64_t size = level > SHARED_ZLIB_LEVEL_MAX ? 9 * (uint64_t)COMPRESSOR_BYTES : COMPRESSOR_BYTES;

    if (compressor->libdeflate)
        return MIM_OK;
    int32_t status = compressor->reserved ? MIM_OK : job->host->reserve(job, (int64_t)size);
    if (status != MIM_OK)
        return status;
    compressor->reserved = size;
    compressor->libdeflate = libdeflate_alloc_compressor(level);
    return compressor->libdeflate ? MIM_OK : MIM_NOMEM;
}

void
shared_compressor_close(struct mim_job *job, struct shared_compressor *compressor)
{
    libdeflate_free_compressor(compressor->libdeflate);
    if (compressor->reserved)
        job->host->reserve(job, -(int64_t)compressor->reserved);
    *compressor = (struct shared_compressor){ 0 };
}

int32_t
shared_stream_open(struct mim_job *job, struct shared_stream *stream, const struct shared_settings *settings,
                   uint8_t *piece)
{
    stream->memory = (struct shared_memory){ .job = job };
    stream->piece = piece;
    stream->sum = 1;
    stream->zlib =
        (z_stream){ .zalloc = shared_memory_zlib_alloc, .zfree = shared_memory_zlib_free, .opaque = &stream->memory };
    int code = deflateInit2(&stream->zlib, settings->level, Z_DEFLATED, -settings->window_bits, settings->memory_level,
                            settings->strategy);
    return code == Z_OK ? MIM_OK : MIM_NOMEM;
}

int32_t
shared_stream_add(struct mim_job *job, struct shared_stream *stream, const uint8_t *data, uint64_t size, int flush)
{
    z_stream *zlib = &stream->zlib;
    int32_t status = MIM_OK;

    stream->sum = size ? libdeflate_adler32(stream->sum, data, size) : stream->sum;
    zlib->next_in = (uint8_t *)(uintptr_t)data;
    zlib->avail_in = (unsigned)size;
    do {
        zlib->next_out = stream->piece;
        zlib->avail_out = SHARED_PIECE_BYTES;
        if (deflate(zlib, flush) == Z_STREAM_ERROR)
            return MIM_NOMEM;
        if (zlib->avail_out < SHARED_PIECE_BYTES)
            status = job->host->emit(job, stream->piece, SHARED_PIECE_BYTES - zlib->avail_out);
    } while (status == MIM_OK && !zlib->avail_out);
    return status;
}

void
shared_stream_close(struct shared_stream *stream)
{
    deflateEnd(&stream->zlib);
}

int32_t
shared_emit_sum(struct mim_job *job, uint32_t sum)
{
    uint8_t bytes[SHARED_SUM_BYTES];

    mim_store_be32(bytes, sum);
    return job->host->emit(job, bytes, sizeof bytes);
}

uint32_t
shared_sum_of_part(const struct mim_coded_part *part)
{
    return mim_load_be32(part->data + part->size - SHARED_SUM_BYTES);
}
