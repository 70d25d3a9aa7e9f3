/* SPDX-License-Identifier: MIT */
/* R. W. Floyd and L. Steinberg, "An adaptive algorithm for spatial greyscale", 1976, in alternating directions. */
#include "palette/dither.h"

#include <string.h>

#include "palette/key.h"

enum { ONE = 16, WHITE = 255 * ONE };

void
gif_dither_begin(struct gif_dither *dither)
{
    memset(dither->errors, 0, gif_dither_size(dither->row_capacity));
    dither->row_count = 0;
}

/* Errors of pixel -1 of the current (0) or next (1) row. */
static int32_t *
errors_of(const struct gif_dither *dither, uint32_t which)
{
    return dither->errors + ((dither->row_count + which) & 1) * 3 * ((size_t)dither->row_capacity + 2);
}

/* Clamp to displayable values: errors would pile up where the palette cannot reach. */
static inline int32_t
within_range(int32_t value)
{
    return value < 0 ? 0 : value > WHITE ? WHITE : value;
}

/* Diffuse the error of one channel: 7/16 ahead; 3/16 and 5/16 below; diagonally the rest, so that none is lost. */
static inline void
spread_error(int32_t error, int32_t *now, int32_t *next, int step)
{
    int32_t ahead = error * 7 / 16, behind = error * 3 / 16, below = error * 5 / 16;

    now[step] += ahead;
    next[-step] += behind;
    next[0] += below;
    next[step] += error - ahead - behind - below;
}

static uint8_t
map_pixel(struct gif_nearest *nearest, uint32_t key, int32_t *now, int32_t *next, int step)
{
    int32_t red = within_range((int32_t)(key >> 16) * ONE + now[0]);
    int32_t green = within_range((int32_t)(key >> 8 & 0xff) * ONE + now[1]);
    int32_t blue = within_range((int32_t)(key & 0xff) * ONE + now[2]);
    uint32_t wanted = (uint32_t)((red + ONE / 2) / ONE << 16 | (green + ONE / 2) / ONE << 8 | (blue + ONE / 2) / ONE);
    uint8_t entry = gif_nearest_to(nearest, wanted);

    spread_error(red - nearest->red[entry] * ONE, now, next, step);
    spread_error(green - nearest->green[entry] * ONE, now + 1, next + 1, step);
    spread_error(blue - nearest->blue[entry] * ONE, now + 2, next + 2, step);
    return entry;
}

void
gif_dither_row(struct gif_dither *dither, struct gif_nearest *nearest, const uint32_t *keys, uint32_t count,
               uint8_t transparent, uint8_t *indices)
{
    int32_t *now = errors_of(dither, 0), *next = errors_of(dither, 1);
    bool is_backwards = dither->row_count & 1;

    memset(next, 0, gif_dither_size(dither->row_capacity) / 2);
    for (uint32_t i = 0; i < count; i++) {
        uint32_t x = is_backwards ? count - 1 - i : i;
        size_t at = 3 * ((size_t)x + 1);
        indices[x] = keys[x] == GIF_TRANSPARENT
                         ? transparent
                         : map_pixel(nearest, keys[x], now + at, next + at, is_backwards ? -3 : 3);
    }
    dither->row_count++;
}
