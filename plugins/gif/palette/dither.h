/* SPDX-License-Identifier: MIT */
/* Floyd and Steinberg's error diffusion over a palette. */
#ifndef MIM_GIF_DITHER_H
#define MIM_GIF_DITHER_H

#include <stdbool.h>

#include "palette/nearest.h"

/** What is owed to the pixels of two rows, the one being mapped and the next; kept by a worker. Zeroed = nothing yet. */
struct gif_dither {
    int32_t *errors;       /**< sixteenths, three a pixel, two rows with one pixel more at each end */
    uint32_t row_capacity; /**< pixels that fit */
    uint32_t row_count;    /**< rows mapped since gif_dither_begin() */
};

/** Bytes of `errors` for rows of `width` pixels. */
static inline uint64_t
gif_dither_size(uint32_t width)
{
    return ((uint64_t)width + 2) * 2 * 3 * sizeof(int32_t);
}

/** Nothing is owed: a picture starts. `errors` is there. */
void gif_dither_begin(struct gif_dither *dither);

/** Entries for the keys of the next row, at most `row_capacity`. GIF_TRANSPARENT becomes `transparent` and carries no error on. */
void gif_dither_row(struct gif_dither *dither, struct gif_nearest *nearest, const uint32_t *keys, uint32_t count,
                    uint8_t transparent, uint8_t *indices);

#endif
