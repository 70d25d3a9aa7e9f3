/* SPDX-License-Identifier: MIT */
/* Chunks that have no key of metadata. */
#ifndef MIM_PNG_OTHERS_H
#define MIM_PNG_OTHERS_H

#include "chunk/chunk.h"

/* The types that are stated. Zeroed = none. */
struct pngx_others {
    uint32_t types[16];
    unsigned count;
};

/* State the first chunk of its type as metadata, unless it describes the file and not the picture. */
int32_t pngx_others_report(struct mim_job *job, struct pngx_others *others, const struct pngx_chunk *chunk);

#endif
