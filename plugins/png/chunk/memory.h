/* SPDX-License-Identifier: MIT */
/* Memory of the host's: for libraries that give it back without its size, and buffers that grow. */
#ifndef MIM_PNG_MEMORY_H
#define MIM_PNG_MEMORY_H

#include <stdbool.h>

#include <mim/plugin.h>

/** Where libpng and zlib get their memory. */
struct pngx_memory {
    struct mim_job *job;
    bool is_short; /**< something was refused */
};

void *pngx_memory_get(struct pngx_memory *memory, uint64_t size);
void pngx_memory_give(struct pngx_memory *memory, void *data);

/** The same as zlib calls it; `opaque` is the struct pngx_memory. */
void *pngx_memory_zlib_get(void *opaque, unsigned items, unsigned size);
void pngx_memory_zlib_give(void *opaque, void *data);

/** Bytes that grow at their end. Zeroed = empty. */
struct pngx_bytes {
    uint8_t *data;
    uint64_t size, room;
};

/** Room for `size` bytes, so many that a next request rarely needs more. NOMEM leaves all as it was. */
int32_t pngx_bytes_reserve(struct mim_job *job, struct pngx_bytes *bytes, uint64_t size);
int32_t pngx_bytes_add(struct mim_job *job, struct pngx_bytes *bytes, const void *data, uint64_t size);
void pngx_bytes_close(struct mim_job *job, struct pngx_bytes *bytes);

#endif
