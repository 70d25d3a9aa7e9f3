/* SPDX-License-Identifier: MIT */
/* libtiff's RGBA interface, for colours that only libtiff converts. */
#ifndef MIM_TIFF_READ_RGBA_H
#define MIM_TIFF_READ_RGBA_H

#include <stdint.h>

#include "read/handle.h"

/* Decode rows to RGB u8. `pixels` holds as many rows of 32-bit pixels. */
int32_t tiff_rgba_read(struct tiff_handle *handle, const struct tiff_page *page, uint32_t first_row, uint32_t rows,
                       uint32_t *pixels, uint8_t *to, uint64_t stride);

#endif
