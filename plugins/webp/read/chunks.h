/* SPDX-License-Identifier: MIT */
/* Finds chunks one after another, without reading what they hold. */
#ifndef MIM_WEBP_CHUNKS_H
#define MIM_WEBP_CHUNKS_H

#include <mim/kit/window.h>

#include "riff/layout.h"

struct webp_chunk {
    uint32_t type;
    uint64_t start, size; /* of what it holds, in the source */
};

/* Offset of its head. */
static inline uint64_t
webp_chunk_head(const struct webp_chunk *chunk)
{
    return chunk->start - WEBP_CHUNK_HEAD;
}

/* Offset of the next chunk. */
static inline uint64_t
webp_chunk_next(const struct webp_chunk *chunk)
{
    return chunk->start + chunk->size + chunk->size % 2;
}

/*
 * Read the head of the chunk at `at`, inside something that ends at `end`.
 *
 * MIM_END: no chunk begins before the end. MIM_TRUNCATED: the source ends before the chunk, which is not reported yet.
 * MIM_CORRUPT: it claims more than is left.
 */
int32_t webp_chunk_find(struct mim_job *job, struct mim_window *window, uint64_t at, uint64_t end, struct webp_chunk *chunk);

#endif
