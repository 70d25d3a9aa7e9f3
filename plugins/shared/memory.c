/* SPDX-License-Identifier: MIT */
/* Stores the size of each block in the bytes before it. */
#include "shared/memory.h"

#include <string.h>

enum { PREFIX = 16 }; /* keeps the alignment of malloc */

void *
shared_memory_alloc(struct shared_memory *memory, uint64_t size)
{
    uint64_t whole = size + PREFIX;
    uint8_t *block = size <= UINT64_MAX - PREFIX ? memory->job->host->resize(memory->job, NULL, 0, whole) : NULL;

    if (!block) {
        memory->is_short = true;
        return NULL;
    }
    memcpy(block, &whole, sizeof whole);
    return block + PREFIX;
}

void
shared_memory_free(struct shared_memory *memory, void *data)
{
    uint64_t whole;

    if (!data)
        return;
    uint8_t *block = (uint8_t *)data - PREFIX;
    memcpy(&whole, block, sizeof whole);
    memory->job->host->resize(memory->job, block, whole, 0);
}

void *
shared_memory_zlib_alloc(void *opaque, unsigned items, unsigned size)
{
    return shared_memory_alloc(opaque, (uint64_t)items * size);
}

void
shared_memory_zlib_free(void *opaque, void *data)
{
    shared_memory_free(opaque, data);
}
