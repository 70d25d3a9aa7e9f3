/* SPDX-License-Identifier: MIT */
/* Heads of chunks: a type of four letters and a size. */
#include "read/chunks.h"

int32_t
webp_chunk_find(struct mim_job *job, struct mim_window *window, uint64_t at, uint64_t end, struct webp_chunk *chunk)
{
    const uint8_t *head;

    if (at > end || end - at < WEBP_CHUNK_HEAD)
        return MIM_END;
    int32_t status = mim_window_get(job, window, at, WEBP_CHUNK_HEAD, &head);
    if (status != MIM_OK)
        return status;
    *chunk = (struct webp_chunk){ mim_load_le32(head), at + WEBP_CHUNK_HEAD, mim_load_le32(head + 4) };
    uint64_t left = end - chunk->start;
    if (chunk->size > left)
        return job->host->fail(job, MIM_CORRUPT, at, "a chunk at byte %llu has %llu bytes, expected at most %llu",
                               (unsigned long long)at, (unsigned long long)chunk->size, (unsigned long long)left);
    return MIM_OK;
}
