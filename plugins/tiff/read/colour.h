/* SPDX-License-Identifier: MIT */
/* A row of unpacked samples into the frame's channels. */
#ifndef MIM_TIFF_READ_COLOUR_H
#define MIM_TIFF_READ_COLOUR_H

#include <stdint.h>

#include "read/page.h"

/* `to` may be `from` if their pixels have one size. */
void tiff_colour_row(const struct tiff_page *page, const uint16_t *palette, uint8_t *from, uint32_t width, uint8_t *to);

#endif
