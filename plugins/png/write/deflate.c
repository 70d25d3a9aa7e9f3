/* SPDX-License-Identifier: MIT */
/*
 * libdeflate is the faster by far and packs drawings best. In filtered photographs its matches are mostly chance, and
 * cost more than the bytes they stand for: there zlib's search for runs alone is fast and packs best. It also can be
 * fed by the piece.
 */
#include "write/deflate.h"

#include <string.h>

enum {
    COMPRESSOR_BYTES = 1 << 20, /* libdeflate's own, about; 9 times this above level 9 */
    PIECE = 64 * 1024,          /* handed on at once */
    RUNS_WINDOW_BITS = 13,      /* runs need none; zlib moves a small one often */
    RUNS_MEMORY_LEVEL = 8,
    ZLIB_LEVEL_MAX = 9,
};

int32_t
pngx_squeezer_open(struct mim_job *job, struct pngx_squeezer *squeezer, int32_t level)
{
    uint64_t size = level > ZLIB_LEVEL_MAX ? 9 * (uint64_t)COMPRESSOR_BYTES : COMPRESSOR_BYTES;

    squeezer->level = level;
    if (squeezer->compressor)
        return MIM_OK;
    int32_t status = squeezer->reserved ? MIM_OK : job->host->reserve(job, (int64_t)size);
    if (status != MIM_OK)
        return status;
    squeezer->reserved = size;
    squeezer->compressor = libdeflate_alloc_compressor(level);
    return squeezer->compressor ? MIM_OK : MIM_NOMEM;
}

void
pngx_squeezer_close(struct mim_job *job, struct pngx_squeezer *squeezer)
{
    libdeflate_free_compressor(squeezer->compressor);
    if (squeezer->reserved)
        job->host->reserve(job, -(int64_t)squeezer->reserved);
    pngx_bytes_close(job, &squeezer->out);
    *squeezer = (struct pngx_squeezer){ 0 };
}

int32_t
pngx_squeeze_try(struct mim_job *job, struct pngx_squeezer *squeezer, const uint8_t *data, uint64_t size,
                 uint64_t *packed)
{
    uint64_t room = libdeflate_deflate_compress_bound(squeezer->compressor, size);

    int32_t status = pngx_bytes_reserve(job, &squeezer->out, room);
    if (status == MIM_OK)
        status = job->host->poll(job);
    if (status == MIM_OK)
        *packed = libdeflate_deflate_compress(squeezer->compressor, data, size, squeezer->out.data, squeezer->out.room);
    return status;
}

static int32_t
emit_pieces(struct mim_job *job, const uint8_t *data, uint64_t size)
{
    int32_t status = MIM_OK;

    for (uint64_t done = 0; done < size && status == MIM_OK; done += PIECE)
        status = job->host->emit(job, data + done, size - done < PIECE ? size - done : PIECE);
    return status;
}

int32_t
pngx_squeeze(struct mim_job *job, struct pngx_squeezer *squeezer, const uint8_t *data, uint64_t size)
{
    struct pngx_bytes *out = &squeezer->out;
    uint64_t room = libdeflate_zlib_compress_bound(squeezer->compressor, size);

    int32_t status = pngx_bytes_reserve(job, out, room);
    if (status == MIM_OK)
        status = job->host->poll(job);
    if (status != MIM_OK)
        return status;
    uint64_t packed = libdeflate_zlib_compress(squeezer->compressor, data, size, out->data, out->room);
    return packed ? emit_pieces(job, out->data, packed) : MIM_NOMEM;
}

static int32_t
start(struct mim_job *job, struct pngx_stream *stream, struct pngx_squeezer *squeezer, bool runs)
{
    int level = squeezer->level < ZLIB_LEVEL_MAX ? squeezer->level : ZLIB_LEVEL_MAX;

    stream->memory = (struct pngx_memory){ .job = job };
    stream->squeezer = squeezer;
    stream->sum = 1;
    stream->zlib =
        (z_stream){ .zalloc = pngx_memory_zlib_get, .zfree = pngx_memory_zlib_give, .opaque = &stream->memory };
    int code = runs ? deflateInit2(&stream->zlib, level, Z_DEFLATED, -RUNS_WINDOW_BITS, RUNS_MEMORY_LEVEL, Z_RLE)
                    : deflateInit2(&stream->zlib, level, Z_DEFLATED, -MAX_WBITS, MAX_MEM_LEVEL, Z_DEFAULT_STRATEGY);
    return code == Z_OK ? MIM_OK : MIM_NOMEM;
}

int32_t
pngx_squeeze_try_runs(struct mim_job *job, struct pngx_squeezer *squeezer, const uint8_t *data, uint64_t size,
                      uint64_t *packed)
{
    struct pngx_stream stream;

    int32_t status = start(job, &stream, squeezer, true);
    if (status != MIM_OK)
        return status;
    uint64_t room = deflateBound(&stream.zlib, size);
    status = pngx_bytes_reserve(job, &squeezer->out, room);
    if (status == MIM_OK) {
        stream.zlib.next_in = (uint8_t *)(uintptr_t)data;
        stream.zlib.avail_in = (unsigned)size;
        stream.zlib.next_out = squeezer->out.data;
        stream.zlib.avail_out = (unsigned)room;
        deflate(&stream.zlib, Z_FINISH);
        *packed = stream.zlib.total_out;
    }
    pngx_stream_close(&stream);
    return status;
}

int32_t
pngx_stream_open(struct mim_job *job, struct pngx_stream *stream, struct pngx_squeezer *squeezer, bool runs)
{
    int32_t status = pngx_bytes_reserve(job, &squeezer->out, PIECE);

    return status == MIM_OK ? start(job, stream, squeezer, runs) : status;
}

int32_t
pngx_stream_add(struct mim_job *job, struct pngx_stream *stream, const uint8_t *data, uint64_t size, int flush)
{
    z_stream *zlib = &stream->zlib;
    int32_t status = MIM_OK;

    stream->sum = libdeflate_adler32(stream->sum, data, size);
    zlib->next_in = (uint8_t *)(uintptr_t)data;
    zlib->avail_in = (unsigned)size;
    do {
        zlib->next_out = stream->squeezer->out.data;
        zlib->avail_out = PIECE;
        if (deflate(zlib, flush) == Z_STREAM_ERROR)
            return MIM_NOMEM;
        if (zlib->avail_out < PIECE)
            status = job->host->emit(job, stream->squeezer->out.data, PIECE - zlib->avail_out);
    } while (status == MIM_OK && !zlib->avail_out);
    return status;
}

void
pngx_stream_close(struct pngx_stream *stream)
{
    deflateEnd(&stream->zlib);
}
