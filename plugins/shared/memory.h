/* SPDX-License-Identifier: MIT */
/* Host memory for libraries, which free blocks without their size, and growing buffers. */
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

/* A growing buffer. Zeroed = empty. */
struct shared_bytes {
    uint8_t *data;
    uint64_t size, capacity;
};

/* Make the capacity at least `size`, with a reserve for further growth. NOMEM leaves the buffer unchanged. */
int32_t shared_bytes_reserve(struct mim_job *job, struct shared_bytes *bytes, uint64_t size);
int32_t shared_bytes_add(struct mim_job *job, struct shared_bytes *bytes, const void *data, uint64_t size);
void shared_bytes_close(struct mim_job *job, struct shared_bytes *bytes);

#endif
