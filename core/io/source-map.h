/* SPDX-License-Identifier: MIT */
/* Mappings of plain samples in a file. */
#ifndef MIM_CORE_IO_SOURCE_MAP_H
#define MIM_CORE_IO_SOURCE_MAP_H

#include <stdbool.h>
#include <stdint.h>

struct mim_source;

struct mim_mapping {
    void *address;  /* of a page */
    uint64_t size;  /* to unmap */
    uint64_t start; /* offset of the requested bytes */
};

/* Maps bytes of a regular file privately: writing to one mapping changes neither the file nor another mapping.
 * false: another kind of source, a truncated file, or no more mappings; reading may still work. */
bool mim_source_map(struct mim_source *source, uint64_t offset, uint64_t size, struct mim_mapping *out);

#endif
