/* SPDX-License-Identifier: MIT */
/* The rows of a picture as PNG stores them: big-endian samples, pass by pass when interlaced. */
#ifndef MIM_PNG_ROWS_H
#define MIM_PNG_ROWS_H

#include <stdbool.h>

#include <mim/plugin.h>

enum { PNGX_PASSES = 7 };

/** A frame, or a rectangle of it. */
struct pngx_rows {
    const struct mim_raster *raster;
    const struct mim_raster *below; /**< pixels that equal these become transparent black; NULL: none do */
    uint32_t x, y, width, height;
    uint32_t pixel; /**< bytes of one */
    bool is_interlaced;
    uint64_t count; /**< of all rows */
};

void pngx_rows_open(struct pngx_rows *rows);

/** Bytes of row `r`, without its filter byte. */
uint64_t pngx_rows_size(const struct pngx_rows *rows, uint64_t r);
/** Bytes of rows [first, end), each with its filter byte. */
uint64_t pngx_rows_bytes(const struct pngx_rows *rows, uint64_t first, uint64_t end);
/** Is row `r` the first of its pass, which has none above it? */
bool pngx_rows_starts_pass(const struct pngx_rows *rows, uint64_t r);
/** Row `r`, made in `scratch` unless it lies as it should. */
const uint8_t *pngx_rows_get(const struct pngx_rows *rows, uint64_t r, uint8_t *scratch);

#endif
