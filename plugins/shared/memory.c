/* SPDX-License-Identifier: MIT */
/* Stores the size of each block in the bytes before it. */
#include "shared/memory.h"

#include <string.h>

enum { PREFIX = 16, MIN_CAPACITY = 256 }; /* PREFIX keeps the alignment of malloc */

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

int32_t
shared_bytes_reserve(struct mim_job *job, struct shared_bytes *bytes, uint64_t size)
{
    if (size <= bytes->capacity)
        return MIM_OK;
    uint64_t capacity = bytes->capacity + bytes->capacity / 2;
    capacity = capacity < size ? size : capacity;
    capacity = capacity < MIN_CAPACITY ? MIN_CAPACITY : capacity;
    void *data = job->host->resize(job, bytes->data, bytes->capacity, capacity);
    if (!data)
        return MIM_NOMEM;
    bytes->data = data;
    bytes->capacity = capacity;
    return MIM_OK;
}

int32_t
shared_bytes_add(struct mim_job *job, struct shared_bytes *bytes, const void *data, uint64_t size)
{
    if (size > UINT64_MAX - bytes->size)
        return MIM_NOMEM;
    int32_t status = shared_bytes_reserve(job, bytes, bytes->size + size);
    if (status != MIM_OK)
        return status;
    if (size)
        memcpy(bytes->data + bytes->size, data, size);
    bytes->size += size;
    return MIM_OK;
}

void
shared_bytes_close(struct mim_job *job, struct shared_bytes *bytes)
{
    if (bytes->data)
        job->host->resize(job, bytes->data, bytes->capacity, 0);
    *bytes = (struct shared_bytes){ 0 };
}
