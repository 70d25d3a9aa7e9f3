/* SPDX-License-Identifier: MIT */
/* Floyd and Steinberg's error diffusion over a palette. */
#ifndef MIM_GIF_DITHER_H
#define MIM_GIF_DITHER_H

#include <stdbool.h>

#include "palette/nearest.h"

/* Sixteenths of the channels, in the order of the bytes of a key. */
typedef int16_t gif_dither_lanes __attribute__((vector_size(8)));

/* Diffused errors of the current and the next row. Zeroed = none. */
struct gif_dither {
    gif_dither_lanes *errors; /* with one extra pixel at each end of both rows */
    uint32_t row_capacity;    /* maximum row width */
    uint32_t row_count;       /* rows mapped since gif_dither_begin() */
};

/* Bytes of `errors` for rows of `width` pixels. */
static inline uint64_t
gif_dither_size(uint32_t width)
{
    return ((uint64_t)width + 2) * 2 * sizeof(gif_dither_lanes);
}

/* Start an image. The caller has allocated `errors`. */
void gif_dither_begin(struct gif_dither *dither);

/*
 * Map the keys of the next row, at most `row_capacity`, to entries. GIF_TRANSPARENT becomes `transparent` and
 * diffuses no error.
 */
void gif_dither_row(struct gif_dither *dither, struct gif_nearest *nearest, const uint32_t *keys, uint32_t count,
                    uint8_t transparent, uint8_t *indices);

#endif
