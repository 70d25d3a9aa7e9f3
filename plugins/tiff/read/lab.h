/* SPDX-License-Identifier: MIT */
/* CIE L*a*b* to sRGB. */
#ifndef MIM_TIFF_READ_LAB_H
#define MIM_TIFF_READ_LAB_H

#include "read/page.h"

/* Is there a conversion for the samples of this Lab page? */
bool tiff_lab_is_known(const struct tiff_page *page);
/* Convert a row of samples to RGB of the same type. A fourth sample, alpha, is copied. */
void tiff_lab_row(const struct tiff_page *page, const uint8_t *from, uint32_t width, uint8_t *to);

#endif
