/* SPDX-License-Identifier: MIT */
/* antialias=no: makes one pixel of nine points. */
#ifndef MIM_PDF_SHARP_H
#define MIM_PDF_SHARP_H

#include <stdint.h>

/* Make a row of pixels from rows of points, which are `step` words apart. `to` may equal `from`. */
#define PDF_SHARP_SIDE 3u
void pdf_sharpen(const uint32_t *from, uint64_t step, uint32_t *to, uint32_t width);

#endif
