/* SPDX-License-Identifier: MIT */
/* Rows of strips and tiles that are cut or damaged. */
#ifndef MIM_TIFF_READ_SALVAGE_H
#define MIM_TIFF_READ_SALVAGE_H

#include <stdbool.h>
#include <stdint.h>

#include "read/page.h"
#include "read/worker.h"

static inline bool
tiff_is_damage(int32_t status)
{
    return status == MIM_TRUNCATED || status == MIM_CORRUPT;
}

/* Decode the rows of a strip or tile that are there, the others become zeros. Returns their number. `row`: bytes of one. */
uint32_t tiff_salvage_piece(struct mim_job *job, const struct tiff_page *page, uint32_t index, uint8_t *to, uint64_t row,
                            uint32_t rows);
/* Read a row of an uncompressed strip. Returns false, and zeros, if the source does not have it. */
bool tiff_salvage_stored_row(struct mim_job *job, const struct tiff_page *page, uint32_t index, uint64_t skip, uint8_t *to,
                             uint64_t row);

#endif
