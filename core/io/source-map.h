/* SPDX-License-Identifier: MIT */
/* Plain samples used where they lie in a file. */
#ifndef MIM_CORE_IO_SOURCE_MAP_H
#define MIM_CORE_IO_SOURCE_MAP_H

#include <stdbool.h>
#include <stdint.h>

struct mim_source;

struct mim_mapping {
    void *address;  /* of a page */
    uint64_t size;  /* to be unmapped */
    uint64_t start; /* the offset in it where the wanted bytes begin */
};

/* Map bytes of a regular file privately: writing to one mapping changes neither the file nor another mapping. false: another
 * kind of source, a file that has become shorter, or no more mappings; the bytes can still be read. */
bool mim_source_map(struct mim_source *source, uint64_t offset, uint64_t size, struct mim_mapping *out);

#endif
