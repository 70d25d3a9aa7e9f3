/* SPDX-License-Identifier: MIT */
/* Converts a row of unpacked samples to the channels of the frame. */
#ifndef MIM_TIFF_READ_COLOUR_H
#define MIM_TIFF_READ_COLOUR_H

#include <stdint.h>

#include "read/page.h"

/* `to` may be `from` if the size of pixels does not change. */
void tiff_colour_row(const struct tiff_page *page, const uint16_t *palette, uint8_t *from, uint32_t width, uint8_t *to);

#endif
