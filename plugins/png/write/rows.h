/* SPDX-License-Identifier: MIT */
/* The rows of a picture as PNG stores them: big-endian samples, in passes if interlaced. */
#ifndef MIM_PNG_ROWS_H
#define MIM_PNG_ROWS_H

#include <stdbool.h>

#include <mim/plugin.h>

enum { PNGX_PASSES = 7 };

/* A frame, or a rectangle of it. */
struct pngx_rows {
    const struct mim_raster *raster;
    const struct mim_raster *below; /* pixels equal to these become transparent black; may be NULL */
    uint32_t x, y, width, height;
    uint32_t pixel; /* bytes of a pixel, or 1 */
    bool is_packed; /* pixels of 1 bit */
    bool is_interlaced;
    uint64_t count; /* of rows in all passes */
};

void pngx_rows_open(struct pngx_rows *rows);

/* Bytes of so many pixels. */
static inline uint64_t
pngx_rows_width_size(const struct pngx_rows *rows, uint32_t width)
{
    return rows->is_packed ? width / 8 + (width % 8 > 0) : (uint64_t)width * rows->pixel;
}

/* Bytes of row `r`, without its filter byte. */
uint64_t pngx_rows_size(const struct pngx_rows *rows, uint64_t r);
/* Bytes of rows [first, end), each with its filter byte. */
uint64_t pngx_rows_bytes(const struct pngx_rows *rows, uint64_t first, uint64_t end);
/* Whether row `r` is the first of its pass and has no row above. */
bool pngx_rows_starts_pass(const struct pngx_rows *rows, uint64_t r);
/* Get row `r`, converted in `scratch` if necessary. */
const uint8_t *pngx_rows_get(const struct pngx_rows *rows, uint64_t r, uint8_t *scratch);

#endif
