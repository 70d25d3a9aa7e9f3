/* SPDX-License-Identifier: MIT */
/* Rows filtered and compressed. */
#ifndef MIM_PNG_PACK_H
#define MIM_PNG_PACK_H

#include "write/deflate.h"
#include "shared/png-filters.h"
#include "write/rows.h"

enum { PNGX_FILTER_AUTO = SHARED_FILTERS };

struct pngx_packing {
    int32_t level, filter; /**< PNGX_FILTER_*: one for all rows, or chosen */
};

/** What a worker keeps. Zeroed = nothing. */
struct pngx_packer {
    struct pngx_deflater deflater;
    struct shared_bytes filtered, scratch;
};

/** In how many parts are these rows packed? Depends on their size alone, and so does what comes out. */
uint32_t pngx_pack_parts(const struct pngx_rows *rows);

/**
 * Emit part `part` of `parts`. Of one part: a zlib stream. Of several: a piece of a deflate stream, and as its last
 * four bytes the Adler-32 of what it holds. NOMEM, or what the host said.
 */
int32_t pngx_pack(struct mim_job *job, struct pngx_packer *packer, const struct pngx_packing *packing,
                  const struct pngx_rows *rows, uint32_t part, uint32_t parts);

/** Rows of part `part` begin at this one; of `parts` they end. */
uint64_t pngx_pack_first_row(const struct pngx_rows *rows, uint32_t part, uint32_t parts);

void pngx_packer_close(struct mim_job *job, struct pngx_packer *packer);

#endif
