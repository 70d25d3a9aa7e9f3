/* SPDX-License-Identifier: MIT */
/* Ranges of bytes that were fetched from far away, kept for small reads. */
#ifndef MIM_CORE_TRANSPORT_RANGE_CACHE_H
#define MIM_CORE_TRANSPORT_RANGE_CACHE_H

#include <mim/error.h>

#include "plugin/memory-budget.h"

/* Returns the bytes read, at least 1; 0 at the end; < 0: minus the status, with `err` filled. */
typedef int64_t mim_fetch_function(void *user, void *data, uint64_t size, uint64_t offset, struct mim_error *err);

struct mim_range;

/* Set the fields of the first group. One thread at a time. */
struct mim_range_cache {
    struct mim_memory_budget *budget; /* which the ranges are charged to */
    uint64_t size;                    /* of the whole */
    mim_fetch_function *fetch;
    void *user;

    struct mim_range *newest; /* the one used last, then the one before */
    uint64_t bytes;           /* of all ranges */
};

/* Reads some bytes, like mim_fetch_function. Fetches as few times as it can: more than is asked for, the more the longer reads have
 * been consecutive; large reads are not kept. */
int64_t mim_range_cache_read(struct mim_range_cache *cache, void *data, uint64_t size, uint64_t offset, struct mim_error *err);
void mim_range_cache_clear(struct mim_range_cache *cache);

#endif
