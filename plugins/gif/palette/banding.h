/* SPDX-License-Identifier: MIT */
/* Measures whether smooth shades turn into bands of one colour. */
#ifndef MIM_GIF_BANDING_H
#define MIM_GIF_BANDING_H

#include <stdbool.h>

#include "palette/nearest.h"

enum { GIF_BANDING_SIDE = 4 /* of a block */ };

/* Zeroed = nothing measured. */
struct gif_banding {
    uint64_t blocks; /* that vary and are not exact */
    uint64_t banded; /* of these, smooth ones with an error that does not average out */
};

/* Add the blocks of GIF_BANDING_SIDE rows of `width` keys, which start every `stride` keys. */
void gif_banding_add(struct gif_banding *banding, struct gif_nearest *nearest, const uint32_t *keys, uint32_t stride,
                     uint32_t width);

/* Are so many blocks banded that dithering looks better? */
bool gif_banding_is_visible(const struct gif_banding *banding);

#endif
