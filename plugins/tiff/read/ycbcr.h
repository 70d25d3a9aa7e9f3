/* SPDX-License-Identifier: MIT */
/* YCbCr of 16 bits, which libtiff's RGBA interface does not convert. */
#ifndef MIM_TIFF_READ_YCBCR_H
#define MIM_TIFF_READ_YCBCR_H

#include <stdbool.h>
#include <stdint.h>

#include "read/page.h"

bool tiff_ycbcr_is_known(const struct tiff_page *page);
/* Read the tags that describe the colours: page->luma and page->range. */
int32_t tiff_ycbcr_read(struct tiff_page *page, struct tiff_directory *directory);
void tiff_ycbcr_row(const struct tiff_page *page, const uint16_t *from, uint32_t width, uint16_t *to);

#endif
