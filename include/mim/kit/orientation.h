/* SPDX-License-Identifier: MIT */
/**
 * @file
 * The orientation of Exif, 1 to 8: finds it in an Exif block, and turns a picture as it says. Exif 2.32, sections 4.5 and 4.6.4.
 *
 * Header-only, for plugins. No memory of its own, any thread.
 */
#ifndef MIM_KIT_ORIENTATION_H
#define MIM_KIT_ORIENTATION_H

#include <stdbool.h>
#include <string.h>

#include <mim/plugin.h>

/** Whether a stored row is a column of the picture, and whether columns and rows count from the right and the bottom. */
struct mim_orientation {
    bool is_transposed, from_right, from_bottom;
};

/** The turn of an orientation; values outside 1 to 8 are upright. */
static inline struct mim_orientation
mim_orientation_get(unsigned value)
{
    return (struct mim_orientation){ value >= 5 && value <= 8, value == 2 || value == 3 || value == 6 || value == 7,
                                     value == 3 || value == 4 || value == 7 || value == 8 };
}

static inline void
mim_orientation_copy_bit_(const uint8_t *from, uint32_t column, uint8_t *to, uint32_t x)
{
    unsigned value = from[column / 8] >> (7 - column % 8) & 1, shift = 7 - x % 8;
    to[x / 8] = (uint8_t)((to[x / 8] & ~(1u << shift)) | value << shift);
}

/** Place row `row` of a stored picture, of `width` pixels of `pixel` bytes (0: of one bit), in the raster of the turned picture. */
static inline void
mim_orientation_place_row(struct mim_orientation turn, const uint8_t *from, uint32_t row, uint32_t width, uint32_t pixel,
                          const struct mim_raster *to)
{
    for (uint32_t column = 0; column < width; column++) {
        uint32_t x = turn.is_transposed ? row : column, y = turn.is_transposed ? column : row;
        x = turn.from_right ? to->width - 1 - x : x;
        y = turn.from_bottom ? to->height - 1 - y : y;
        if (pixel)
            memcpy(to->data + y * to->stride + (uint64_t)x * pixel, from + (uint64_t)column * pixel, pixel);
        else
            mim_orientation_copy_bit_(from, column, to->data + y * to->stride, x);
    }
}

static inline uint32_t
mim_exif_number_(const uint8_t *bytes, unsigned size, bool is_big)
{
    uint32_t value = 0;
    for (unsigned i = 0; i < size; i++)
        value = value << 8 | bytes[is_big ? i : size - 1 - i];
    return value;
}

/* Offset of the entry of the orientation in the first directory, or 0. */
static inline uint64_t
mim_exif_find_orientation_(const uint8_t *data, uint64_t size, bool is_big)
{
    enum { HEAD = 8, ENTRY = 12, TAG = 274, SHORT = 3 };
    if (size < HEAD || (memcmp(data, "MM\0*", 4) != 0 && memcmp(data, "II*\0", 4) != 0))
        return 0;
    uint64_t at = mim_exif_number_(data + 4, 4, is_big), count = at + 2 <= size ? mim_exif_number_(data + at, 2, is_big) : 0;
    for (at += 2; count > 0 && at + ENTRY <= size; count--, at += ENTRY)
        if (mim_exif_number_(data + at, 2, is_big) == TAG && mim_exif_number_(data + at + 2, 2, is_big) == SHORT)
            return at;
    return 0;
}

/** The orientation 1 to 8 in the first directory of an Exif block, which starts with its byte order; 1 if there is none. */
static inline unsigned
mim_exif_orientation(const uint8_t *data, uint64_t size)
{
    bool is_big = size && data[0] == 'M';
    uint64_t at = mim_exif_find_orientation_(data, size, is_big);
    unsigned value = at ? mim_exif_number_(data + at + 8, 2, is_big) : 1;
    return value >= 1 && value <= 8 ? value : 1;
}

/** Set the orientation in an Exif block to 1, if there is one: it has been applied. */
static inline void
mim_exif_set_upright(uint8_t *data, uint64_t size)
{
    bool is_big = size && data[0] == 'M';
    uint64_t at = mim_exif_find_orientation_(data, size, is_big);
    if (at) {
        data[at + 8] = !is_big;
        data[at + 9] = is_big;
    }
}

#endif
