/* SPDX-License-Identifier: MIT */
/* Orientation: the place of a stored row in the frame. */
#ifndef MIM_TIFF_READ_ORIENT_H
#define MIM_TIFF_READ_ORIENT_H

#include <stdint.h>

#include <mim/plugin.h>

#include "read/page.h"

struct tiff_path {
    uint8_t *first;
    int64_t step; /* bytes from pixel to pixel */
};

void tiff_oriented_size(const struct tiff_page *page, uint32_t *width, uint32_t *height);
struct tiff_path tiff_oriented_row(const struct tiff_page *page, const struct mim_raster *raster, uint64_t pixel_size,
                                   uint32_t row);
/* A stored row of bits. All rows come in order, since the first clears the raster. */
void tiff_scatter_bits(const struct tiff_page *page, const struct mim_raster *raster, const uint8_t *from, uint32_t row);
void tiff_scatter(const uint8_t *from, uint32_t width, uint64_t pixel_size, struct tiff_path path);

#endif
