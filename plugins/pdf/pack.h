/* SPDX-License-Identifier: MIT */
/* Rows of a plane as a PDF stores them. */
#ifndef MIM_PDF_PACK_H
#define MIM_PDF_PACK_H

#include "layout.h"

/* Write row_bytes of the plane to `to`. */
void pdf_pack_row(const struct pdf_plane *plane, const struct pdf_layout *layout, const uint8_t *from, uint8_t *to);

#endif
