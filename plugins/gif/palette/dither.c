/* SPDX-License-Identifier: MIT */
/* R. W. Floyd and L. Steinberg, "An adaptive algorithm for spatial greyscale", 1976, in alternating directions. */
#include "palette/dither.h"

#include <string.h>

#include "palette/key.h"

enum { ONE = 16, WHITE = 255 * ONE };

typedef gif_dither_lanes lanes;
typedef uint8_t bytes __attribute__((vector_size(4)));

void
gif_dither_begin(struct gif_dither *dither)
{
    memset(dither->errors, 0, gif_dither_size(dither->row_capacity));
    dither->row_count = 0;
}

/* Errors of pixel -1 of the current (0) or next (1) row. */
static lanes *
errors_of(const struct gif_dither *dither, uint32_t which)
{
    return dither->errors + ((dither->row_count + which) & 1) * ((size_t)dither->row_capacity + 2);
}

static inline lanes
shades_of(uint32_t key)
{
    bytes shades;

    memcpy(&shades, &key, sizeof shades);
    return __builtin_convertvector(shades, lanes) << 4;
}

static inline uint32_t
key_of(lanes value)
{
    bytes shades = __builtin_convertvector((value + ONE / 2) >> 4, bytes);
    uint32_t key;

    memcpy(&key, &shades, sizeof key);
    return key;
}

/* Clamp to displayable values: errors would pile up where the palette cannot reach. */
static inline lanes
within_range(lanes value)
{
    lanes positive = value & (value > 0), excess = positive - WHITE;

    return positive - (excess & (excess > 0));
}

/* Diffuse an error: 7/16 ahead; 3/16 and 5/16 below; diagonally the rest, so that none is lost. */
static inline void
spread_error(lanes value, lanes *now, lanes *next, int step)
{
    lanes ahead = value * 7 >> 4, behind = value * 3 >> 4, below = value * 5 >> 4;

    now[step] += ahead;
    next[-step] += behind;
    next[0] += below;
    next[step] += value - ahead - behind - below;
}

static uint8_t
map_pixel(struct gif_nearest *nearest, uint32_t key, lanes *now, lanes *next, int step)
{
    lanes value = within_range(shades_of(key) + now[0]);
    uint8_t entry = gif_nearest_to_pixel(nearest, key_of(value));

    spread_error(value - shades_of(nearest->colours[entry]), now, next, step);
    return entry;
}

void
gif_dither_row(struct gif_dither *dither, struct gif_nearest *nearest, const uint32_t *keys, uint32_t count,
               uint8_t transparent, uint8_t *indices)
{
    lanes *now = errors_of(dither, 0), *next = errors_of(dither, 1);
    bool is_backwards = dither->row_count & 1;

    memset(next, 0, gif_dither_size(dither->row_capacity) / 2);
    for (uint32_t i = 0; i < count; i++) {
        uint32_t x = is_backwards ? count - 1 - i : i;
        size_t at = (size_t)x + 1;
        indices[x] = keys[x] == GIF_TRANSPARENT
                         ? transparent
                         : map_pixel(nearest, keys[x], now + at, next + at, is_backwards ? -1 : 1);
    }
    dither->row_count++;
}
