/* SPDX-License-Identifier: MIT */
/* Host memory for libraries, which free blocks without their size. */
#ifndef MIM_SHARED_MEMORY_H
#define MIM_SHARED_MEMORY_H

#include <stdbool.h>

#include <mim/plugin.h>

/* The allocator of libpng and zlib. */
struct shared_memory {
    struct mim_job *job;
    bool is_short; /* an allocation failed */
};

void *shared_memory_alloc(struct shared_memory *memory, uint64_t size);
void shared_memory_free(struct shared_memory *memory, void *data);

/* The same with zlib's signatures; `opaque` is the struct shared_memory. */
void *shared_memory_zlib_alloc(void *opaque, unsigned items, unsigned size);
void shared_memory_zlib_free(void *opaque, void *data);

#endif
