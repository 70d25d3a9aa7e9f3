/* SPDX-License-Identifier: MIT */
/**
 * @file
 * Growing arrays, byte strings and scratch memory in the host's memory, which is charged to the working memory of the open file.
 *
 * Header-only, for plugins. One thread at a time per array.
 */
#ifndef MIM_KIT_ARRAY_H
#define MIM_KIT_ARRAY_H

#include <stdint.h>
#include <string.h>

#include <mim/plugin.h>

/**
 * Make an array of `*capacity` items of `item_size` bytes hold at least `count`.
 *
 * Returns the array, which may have moved, and raises `*capacity`; it grows by half, so that appending costs constant
 * time. `items` is NULL with a capacity of 0 before the first call. NULL: no memory, and `items` stays as it is.
 */
static inline void *
mim_array_reserve(struct mim_job *job, void *items, uint64_t *capacity, uint64_t count, uint64_t item_size)
{
    if (count <= *capacity)
        return items;
    uint64_t grown = *capacity + *capacity / 2;
    grown = grown < 8 ? 8 : grown;
    grown = grown < count ? count : grown;
    if (grown > UINT64_MAX / 2 / item_size)
        return NULL;
    void *moved = job->host->resize(job, items, *capacity * item_size, grown * item_size);
    if (moved)
        *capacity = grown;
    return moved;
}

/** Give the array back. `items` may be NULL. */
static inline void
mim_array_free(struct mim_job *job, void *items, uint64_t capacity, uint64_t item_size)
{
    if (items)
        job->host->resize(job, items, capacity * item_size, 0);
}

/** A byte string that grows. Zeroed = empty. */
struct mim_bytes {
    uint8_t *data;
    uint64_t size, capacity;
};

/** Make it hold at least `size` bytes. MIM_OK or MIM_NOMEM, which leaves it as it is. */
static inline int32_t
mim_bytes_reserve(struct mim_job *job, struct mim_bytes *bytes, uint64_t size)
{
    uint64_t least = size > 256 ? size : 256;
    if (size <= bytes->capacity)
        return MIM_OK;
    uint8_t *moved = (uint8_t *)mim_array_reserve(job, bytes->data, &bytes->capacity, least, 1);
    if (!moved)
        return MIM_NOMEM;
    bytes->data = moved;
    return MIM_OK;
}

/** Append a copy. MIM_OK or MIM_NOMEM, which leaves it as it is. */
static inline int32_t
mim_bytes_append(struct mim_job *job, struct mim_bytes *bytes, const void *data, uint64_t size)
{
    const uint64_t max = PTRDIFF_MAX; /* no object is larger */
    int32_t status =
        size <= max && bytes->size <= max - size ? mim_bytes_reserve(job, bytes, bytes->size + size) : (int32_t)MIM_NOMEM;
    if (status == MIM_OK && size) {
        memcpy(bytes->data + bytes->size, data, (size_t)size);
        bytes->size += size;
    }
    return status;
}

/** Free the bytes; the string is empty afterwards. */
static inline void
mim_bytes_clear(struct mim_job *job, struct mim_bytes *bytes)
{
    mim_array_free(job, bytes->data, bytes->capacity, 1);
    memset(bytes, 0, sizeof *bytes);
}

/** Memory that is used again for other contents. Zeroed = empty. */
struct mim_scratch {
    uint8_t *data;
    uint64_t capacity;
};

/** At least `size` bytes with undefined contents, that hold until the next call. NULL: no memory, and it is empty. */
static inline void *
mim_scratch_get(struct mim_job *job, struct mim_scratch *scratch, uint64_t size)
{
    if (size <= scratch->capacity && scratch->data)
        return scratch->data;

    mim_array_free(job, scratch->data, scratch->capacity, 1); /* first, which lowers the peak */
    scratch->capacity = size ? size : 1;
    scratch->data = (uint8_t *)job->host->resize(job, NULL, 0, scratch->capacity);
    if (!scratch->data)
        scratch->capacity = 0;
    return scratch->data;
}

/** Free the memory; it is empty afterwards. */
static inline void
mim_scratch_clear(struct mim_job *job, struct mim_scratch *scratch)
{
    mim_array_free(job, scratch->data, scratch->capacity, 1);
    memset(scratch, 0, sizeof *scratch);
}

#endif
