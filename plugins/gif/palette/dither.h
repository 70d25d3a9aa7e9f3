/* SPDX-License-Identifier: MIT */
/* Floyd and Steinberg's error diffusion over a palette. */
#ifndef MIM_GIF_DITHER_H
#define MIM_GIF_DITHER_H

#include "palette/nearest.h"

enum {
    GIF_DITHER_ROWS = 4,  /* mapped at once */
    GIF_DITHER_MARGIN = 8 /* pixels between rows */
};

/* The rows that are mapped at once, and the errors diffused to the next row. Zeroed = none. */
struct gif_dither {
    void *memory;          /* set by the caller, aligned for integers */
    uint32_t row_capacity; /* maximum row width */
    uint32_t width;        /* of the image, like the fields below */
    uint64_t *errors;      /* four int16_t per pixel, in sixteenths */
    uint32_t *keys;
    uint8_t *indices;
    uint64_t colours[256]; /* the palette in the form of errors */
};

/* Bytes of `memory` for rows of `width` pixels. */
static inline uint64_t
gif_dither_size(uint32_t width)
{
    uint64_t stride = (uint64_t)width + GIF_DITHER_MARGIN;

    return (stride + GIF_DITHER_MARGIN) * sizeof(uint64_t) +
           (stride * GIF_DITHER_ROWS + GIF_DITHER_MARGIN) * (sizeof(uint32_t) + 1);
}

/* Start an image of at most `row_capacity` columns. */
void gif_dither_begin(struct gif_dither *dither, const struct gif_nearest *nearest, uint32_t width);

/* Index of the first pixel of a row, 0 to GIF_DITHER_ROWS - 1, in `keys` and `indices`. */
static inline uint64_t
gif_dither_row(const struct gif_dither *dither, uint32_t row)
{
    return ((uint64_t)dither->width + GIF_DITHER_MARGIN) * row + GIF_DITHER_MARGIN;
}

/*
 * Map `keys`, the next rows of the image, to `indices`. GIF_TRANSPARENT becomes `transparent` and diffuses no error. Rows
 * below the image may have any keys.
 */
void gif_dither_map(struct gif_dither *dither, struct gif_nearest *nearest, uint8_t transparent);

#endif
