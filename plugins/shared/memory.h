/* SPDX-License-Identifier: MIT */
/* Memory of the host's: for libraries that give it back without its size, and buffers that grow. */
#ifndef MIM_SHARED_MEMORY_H
#define MIM_SHARED_MEMORY_H

#include <stdbool.h>

#include <mim/plugin.h>

/** Where libpng and zlib get their memory. */
struct shared_memory {
    struct mim_job *job;
    bool is_short; /**< something was refused */
};

void *shared_memory_alloc(struct shared_memory *memory, uint64_t size);
void shared_memory_free(struct shared_memory *memory, void *data);

/** The same as zlib calls it; `opaque` is the struct shared_memory. */
void *shared_memory_zlib_alloc(void *opaque, unsigned items, unsigned size);
void shared_memory_zlib_free(void *opaque, void *data);

/** Bytes that grow at their end. Zeroed = empty. */
struct shared_bytes {
    uint8_t *data;
    uint64_t size, capacity;
};

/** Room for `size` bytes, so many that a next request rarely needs more. NOMEM leaves all as it was. */
int32_t shared_bytes_reserve(struct mim_job *job, struct shared_bytes *bytes, uint64_t size);
int32_t shared_bytes_add(struct mim_job *job, struct shared_bytes *bytes, const void *data, uint64_t size);
void shared_bytes_close(struct mim_job *job, struct shared_bytes *bytes);

#endif
