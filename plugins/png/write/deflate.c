/* SPDX-License-Identifier: MIT */
/*
 * libdeflate is much faster than zlib and compresses drawings best. In filtered photographs, most matches are chance
 * and cost more than they save: there zlib with run-length matches only is fast and compresses best.
 */
#include "write/deflate.h"

enum {
    RUNS_WINDOW_BITS = 13, /* runs need no window; zlib moves a smaller one too often */
    RUNS_MEMORY_LEVEL = 8,
};

int32_t
pngx_deflater_open(struct mim_job *job, struct pngx_deflater *deflater, int32_t level)
{
    deflater->level = level;
    return shared_compressor_open(job, &deflater->compressor, level);
}

void
pngx_deflater_close(struct mim_job *job, struct pngx_deflater *deflater)
{
    shared_compressor_close(job, &deflater->compressor);
    mim_bytes_clear(job, &deflater->out);
    *deflater = (struct pngx_deflater){ 0 };
}

int32_t
pngx_deflate_try(struct mim_job *job, struct pngx_deflater *deflater, const uint8_t *data, uint64_t size,
                 uint64_t *packed)
{
    uint64_t capacity = libdeflate_deflate_compress_bound(deflater->compressor.libdeflate, size);

    int32_t status = mim_bytes_reserve(job, &deflater->out, capacity);
    if (status == MIM_OK)
        status = job->host->poll(job);
    if (status == MIM_OK)
        *packed = libdeflate_deflate_compress(deflater->compressor.libdeflate, data, size, deflater->out.data,
                                              deflater->out.capacity);
    return status;
}

static int32_t
emit_pieces(struct mim_job *job, const uint8_t *data, uint64_t size)
{
    int32_t status = MIM_OK;

    for (uint64_t done = 0; done < size && status == MIM_OK; done += SHARED_PIECE_BYTES)
        status = job->host->emit(job, data + done, size - done < SHARED_PIECE_BYTES ? size - done : SHARED_PIECE_BYTES);
    return status;
}

int32_t
pngx_deflate(struct mim_job *job, struct pngx_deflater *deflater, const uint8_t *data, uint64_t size)
{
    struct mim_bytes *out = &deflater->out;
    uint64_t capacity = libdeflate_zlib_compress_bound(deflater->compressor.libdeflate, size);

    int32_t status = mim_bytes_reserve(job, out, capacity);
    if (status == MIM_OK)
        status = job->host->poll(job);
    if (status != MIM_OK)
        return status;
    uint64_t packed = libdeflate_zlib_compress(deflater->compressor.libdeflate, data, size, out->data, out->capacity);
    return packed ? emit_pieces(job, out->data, packed) : MIM_NOMEM;
}

static int32_t
open_stream(struct mim_job *job, const struct pngx_deflater *deflater, struct shared_stream *stream, bool is_runs_only,
            uint8_t *piece)
{
    int level = deflater->level < SHARED_ZLIB_LEVEL_MAX ? deflater->level : SHARED_ZLIB_LEVEL_MAX;
    const struct shared_settings usual = { level, MAX_WBITS, MAX_MEM_LEVEL, Z_DEFAULT_STRATEGY },
                                 only_runs = { level, RUNS_WINDOW_BITS, RUNS_MEMORY_LEVEL, Z_RLE };

    return shared_stream_open(job, stream, is_runs_only ? &only_runs : &usual, piece);
}

int32_t
pngx_deflate_try_runs(struct mim_job *job, struct pngx_deflater *deflater, const uint8_t *data, uint64_t size,
                      uint64_t *packed)
{
    struct shared_stream stream;

    int32_t status = open_stream(job, deflater, &stream, true, NULL);
    if (status != MIM_OK)
        return status;
    uint64_t capacity = deflateBound(&stream.zlib, size);
    status = mim_bytes_reserve(job, &deflater->out, capacity);
    if (status == MIM_OK) {
        stream.zlib.next_in = (uint8_t *)(uintptr_t)data;
        stream.zlib.avail_in = (unsigned)size;
        stream.zlib.next_out = deflater->out.data;
        stream.zlib.avail_out = (unsigned)capacity;
        deflate(&stream.zlib, Z_FINISH);
        *packed = stream.zlib.total_out;
    }
    shared_stream_close(&stream);
    return status;
}

int32_t
pngx_deflate_open_stream(struct mim_job *job, struct pngx_deflater *deflater, struct shared_stream *stream,
                         bool is_runs_only)
{
    int32_t status = mim_bytes_reserve(job, &deflater->out, SHARED_PIECE_BYTES);

    return status == MIM_OK ? open_stream(job, deflater, stream, is_runs_only, deflater->out.data) : status;
}
