/* SPDX-License-Identifier: MIT */
/* Plain samples used where they lie in a file. */
#ifndef MIM_CORE_IO_SOURCE_MAP_H
#define MIM_CORE_IO_SOURCE_MAP_H

#include <stdint.h>

struct mim_buffer;
struct mim_source;

/* These bytes of a regular file as a private mapping: what is written into it stays with this buffer. NULL: another
 * kind of source, a file that has become shorter, or no more mappings; then they can still be read. */
struct mim_buffer *mim_source_map(struct mim_source *source, uint64_t offset, uint64_t size);

#endif
