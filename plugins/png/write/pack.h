/* SPDX-License-Identifier: MIT */
/* Filters and compresses rows. */
#ifndef MIM_PNG_PACK_H
#define MIM_PNG_PACK_H

#include "write/deflate.h"
#include "shared/png-filters.h"
#include "write/rows.h"

enum { PNGX_FILTER_AUTO = SHARED_FILTERS };

struct pngx_packing {
    int32_t level, filter; /* SHARED_FILTER_* for all rows, or PNGX_FILTER_AUTO */
};

/* State of a worker. Zeroed = empty. */
struct pngx_packer {
    struct pngx_deflater deflater;
    struct mim_bytes filtered, scratch;
};

/* The number of parts. It depends only on the size of the picture, so that the output does, too. */
uint32_t pngx_pack_parts(const struct pngx_rows *rows);

/*
 * Emit part `part` of `parts`. A single part is a zlib stream; one of several is a piece of a deflate stream followed
 * by the Adler-32 of its input. Returns NOMEM or an error of the host.
 */
int32_t pngx_pack(struct mim_job *job, struct pngx_packer *packer, const struct pngx_packing *packing,
                  const struct pngx_rows *rows, uint32_t part, uint32_t parts);

/* The first row of part `part`; for part `parts` the number of rows. */
uint64_t pngx_pack_first_row(const struct pngx_rows *rows, uint32_t part, uint32_t parts);

void pngx_packer_close(struct mim_job *job, struct pngx_packer *packer);

#endif
