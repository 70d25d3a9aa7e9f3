/* SPDX-License-Identifier: MIT */
/* Decompresses in steps: the size of the output is unknown and may be a thousand times that of the input. */
#include "chunk/inflate.h"

#include <zlib.h>

#include "shared/memory.h"

enum { STEP = 64 * 1024 };

static int32_t
unpack_step(struct mim_job *job, z_stream *stream, uint64_t max, struct mim_bytes *out, bool *ended)
{
    int32_t status = job->host->poll(job);
    if (status == MIM_OK)
        status = mim_bytes_reserve(job, out, out->size + STEP);
    if (status != MIM_OK)
        return status;
    stream->next_out = out->data + out->size;
    stream->avail_out = STEP;
    int code = inflate(stream, Z_NO_FLUSH);
    out->size += STEP - stream->avail_out;
    *ended = code == Z_STREAM_END;
    if (out->size > max)
        return MIM_LIMIT;
    return code == Z_STREAM_END || code == Z_OK ? MIM_OK : code == Z_MEM_ERROR ? MIM_NOMEM : MIM_CORRUPT;
}

int32_t
pngx_inflate(struct mim_job *job, const uint8_t *data, uint64_t size, uint64_t max, struct mim_bytes *out)
{
    struct shared_memory memory = { .job = job };
    z_stream stream = { .zalloc = shared_memory_zlib_alloc,
                        .zfree = shared_memory_zlib_free,
                        .opaque = &memory,
                        .next_in = (uint8_t *)(uintptr_t)data,
                        .avail_in = (unsigned)size };
    bool ended = false;

    if (size > INT32_MAX)
        return MIM_CORRUPT;
    if (inflateInit(&stream) != Z_OK)
        return MIM_NOMEM;
    int32_t status = MIM_OK;
    while (status == MIM_OK && !ended)
        status = unpack_step(job, &stream, max, out, &ended);
    inflateEnd(&stream);
    return status;
}
