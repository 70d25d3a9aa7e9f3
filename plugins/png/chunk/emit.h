/* SPDX-License-Identifier: MIT */
/* Writes chunks to the sink. */
#ifndef MIM_PNG_EMIT_H
#define MIM_PNG_EMIT_H

#include "chunk/chunk.h"

/* Write a chunk that consists of `head` and `data`. */
int32_t pngx_emit_chunk(struct mim_job *job, uint32_t type, const void *head, uint32_t head_size, const void *data,
                        uint64_t size);

#endif
