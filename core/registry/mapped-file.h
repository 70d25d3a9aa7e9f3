/* SPDX-License-Identifier: MIT */
/* Which file a mapping is of. */
#ifndef MIM_CORE_REGISTRY_MAPPED_FILE_H
#define MIM_CORE_REGISTRY_MAPPED_FILE_H

#include <stdbool.h>

/* Whether both addresses are in mappings of one file. Also true if the system does not tell. */
bool mim_mapped_file_same(const void *one, const void *other);

#endif
