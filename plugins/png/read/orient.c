/* SPDX-License-Identifier: MIT */
/* Orientation 1 to 8 of Exif: mirrored, turned, or both. */
#include "read/orient.h"

#include <string.h>

/* Is a stored row a column of the picture, and do columns and rows count from the right and the bottom? */
static const struct {
    bool is_transposed, from_right, from_bottom;
} turns[] = {
    [2] = { .from_right = true },
    [3] = { .from_right = true, .from_bottom = true },
    [4] = { .from_bottom = true },
    [5] = { .is_transposed = true },
    [6] = { .is_transposed = true, .from_right = true },
    [7] = { .is_transposed = true, .from_right = true, .from_bottom = true },
    [8] = { .is_transposed = true, .from_bottom = true },
};

bool
pngx_orient_transposes(unsigned orientation)
{
    return turns[orientation].is_transposed;
}

static void
copy_bit(const uint8_t *from, uint32_t column, uint8_t *to, uint32_t x)
{
    unsigned value = from[column / 8] >> (7 - column % 8) & 1, shift = 7 - x % 8;
    to[x / 8] = (uint8_t)((to[x / 8] & ~(1u << shift)) | value << shift);
}

void
pngx_orient(unsigned orientation, const struct mim_raster *stored, uint32_t pixel, const struct mim_raster *to)
{
    bool is_transposed = turns[orientation].is_transposed;
    for (uint32_t row = 0; row < stored->height; row++) {
        const uint8_t *from = stored->data + row * stored->stride;
        for (uint32_t column = 0; column < stored->width; column++, from += pixel) {
            uint32_t x = is_transposed ? row : column, y = is_transposed ? column : row;
            x = turns[orientation].from_right ? to->width - 1 - x : x;
            y = turns[orientation].from_bottom ? to->height - 1 - y : y;
            if (pixel)
                memcpy(to->data + y * to->stride + (uint64_t)x * pixel, from, pixel);
            else
                copy_bit(stored->data + row * stored->stride, column, to->data + y * to->stride, x);
        }
    }
}
