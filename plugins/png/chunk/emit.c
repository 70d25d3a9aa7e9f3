/* SPDX-License-Identifier: MIT */
/* Writes a chunk from pieces, with its checksum. */
#include "chunk/emit.h"

#include <libdeflate.h>

int32_t
pngx_emit_chunk(struct mim_job *job, uint32_t type, const void *head, uint32_t head_size, const void *data,
                uint64_t size)
{
    const struct mim_host *host = job->host;
    uint8_t start[PNGX_CHUNK_HEAD], end[4];

    mim_store_be32(mim_store_be32(start, (uint32_t)(head_size + size)), type);
    uint32_t sum = libdeflate_crc32(0, start + 4, 4);
    sum = head_size ? libdeflate_crc32(sum, head, head_size) : sum;
    sum = size ? libdeflate_crc32(sum, data, size) : sum;
    mim_store_be32(end, sum);

    int32_t status = host->emit(job, start, sizeof start);
    if (status == MIM_OK && head_size)
        status = host->emit(job, head, head_size);
    if (status == MIM_OK && size)
        status = host->emit(job, data, size);
    return status == MIM_OK ? host->emit(job, end, sizeof end) : status;
}
