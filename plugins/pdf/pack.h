/* SPDX-License-Identifier: MIT */
/* What becomes of a plane's rows before and while they are deflated. */
#ifndef MIM_PDF_PACK_H
#define MIM_PDF_PACK_H

#include "layout.h"

/* One row of a plane, packed as a PDF has it. */
void pdf_pack_row(const struct pdf_plane *plane, const struct pdf_sheet *sheet, const uint8_t *from, uint8_t *to);
/* The filter whose differences are smallest, by its number, and what it makes of the row: size + 1 bytes. `above`
 * is the row before, zeros before the first; `step` the bytes of a pixel; `spare` has room for a row. */
void pdf_filter_row(const uint8_t *row, const uint8_t *above, uint64_t size, uint64_t step, uint8_t *to,
                    uint8_t *spare);

#endif
