/* SPDX-License-Identifier: MIT */
/*
 * R. W. Floyd and L. Steinberg, "An adaptive algorithm for spatial greyscale", 1976.
 *
 * A pixel waits for the error of the one before it, so several rows are mapped at once, each LAG pixels behind the row
 * above it. Two rows share a vector. Transparent margins begin and end the rows without a test.
 */
#include "palette/dither.h"

#include <string.h>

#include "palette/key.h"
#include "palette/lanes.h"

enum { ONE_BITS = 4, HALF = 1 << (ONE_BITS - 1), WHITE = 255 << ONE_BITS, LAG = 2, PAIRS = GIF_DITHER_ROWS / 2 };

typedef gif_signed_lanes lanes; /* sixteenths of the channels of two pixels, in the order of the bytes of a key */
typedef uint8_t bytes __attribute__((vector_size(8)));

/* Two rows, and the errors of their next pixels, of those below these, and of the ones before those. */
struct pair {
    const uint32_t *keys[2];
    uint8_t *indices[2];
    uint64_t *errors;
    lanes ahead, below, behind;
};

static inline lanes
join_halves(uint64_t first, uint64_t second)
{
    uint64_t halves[] = { first, second };
    lanes all;

    memcpy(&all, halves, sizeof all);
    return all;
}

static inline lanes
shades_of(uint32_t first, uint32_t second)
{
    uint32_t keys[] = { first, second };
    bytes shades;

    memcpy(&shades, keys, sizeof shades);
    return __builtin_convertvector(shades, lanes) << ONE_BITS;
}

void
gif_dither_begin(struct gif_dither *dither, const struct gif_nearest *nearest, uint32_t width)
{
    uint64_t columns = (uint64_t)width + 2 * GIF_DITHER_MARGIN;

    dither->width = width;
    uint64_t pixels = gif_dither_row(dither, GIF_DITHER_ROWS);
    dither->errors = dither->memory;
    dither->keys = (uint32_t *)(dither->errors + columns);
    dither->indices = (uint8_t *)(dither->keys + pixels);
    memset(dither->errors, 0, columns * sizeof *dither->errors);
    memset(dither->keys, UINT8_MAX, pixels * sizeof *dither->keys); /* GIF_TRANSPARENT */
    for (uint32_t i = 0; i < nearest->count; i++) {
        lanes colour = shades_of(nearest->colours[i], 0);
        memcpy(&dither->colours[i], &colour, sizeof dither->colours[i]);
    }
}

/* Clamp to displayable values: errors would pile up where the palette cannot reach. */
static inline lanes
within_range(lanes value)
{
    return gif_min_lanes(gif_max_lanes(value, (lanes){ 0 }), (lanes){ 0 } + WHITE);
}

static inline uint8_t
find_entry(struct gif_nearest *nearest, uint32_t source, uint32_t key, uint8_t transparent)
{
    return source == GIF_TRANSPARENT ? transparent : gif_nearest_to_pixel(nearest, key);
}

/* Map the pixel at `x` of the first row, and the one at x - LAG of the second. Returns their errors. */
static inline lanes
map_two(const struct pair *pair, const struct gif_dither *dither, struct gif_nearest *nearest, uint64_t x,
        uint8_t transparent)
{
    static const uint64_t masks[] = { 0, UINT64_MAX };
    const uint32_t sources[] = { pair->keys[0][x], pair->keys[1][x] };
    const uint64_t *errors = pair->errors + x;
    lanes value = within_range(shades_of(sources[0], sources[1]) + pair->ahead + join_halves(errors[0], errors[-LAG]));
    bytes shades = __builtin_convertvector((value + HALF) >> ONE_BITS, bytes);
    uint32_t keys[2];

    memcpy(keys, &shades, sizeof keys);
    uint8_t first = find_entry(nearest, sources[0], keys[0], transparent);
    uint8_t second = find_entry(nearest, sources[1], keys[1], transparent);
    pair->indices[0][x] = first;
    pair->indices[1][x] = second;
    return (value - join_halves(dither->colours[first], dither->colours[second])) &
           join_halves(masks[sources[0] != GIF_TRANSPARENT], masks[sources[1] != GIF_TRANSPARENT]);
}

/* Diffuse errors: 7/16 ahead; 3/16 and 5/16 below; diagonally the rest, so that none is lost. */
static inline void
diffuse(struct pair *pair, uint64_t x, lanes error)
{
    lanes ahead = error * 7 >> 4, behind = error * 3 >> 4, below = error * 5 >> 4, sum = pair->behind + behind;
    uint64_t sums[2];

    memcpy(sums, &sum, sizeof sums);
    pair->errors[x - 1] = sums[0];
    pair->errors[x - 1 - LAG] = sums[1];
    pair->ahead = ahead;
    pair->behind = pair->below + below;
    pair->below = error - ahead - behind - below;
}

void
gif_dither_map(struct gif_dither *dither, struct gif_nearest *nearest, uint8_t transparent)
{
    struct pair pairs[PAIRS] = { 0 };

    for (uint32_t row = 0; row < GIF_DITHER_ROWS; row++) {
        uint64_t start = gif_dither_row(dither, row) - LAG * row;
        pairs[row / 2].keys[row % 2] = dither->keys + start;
        pairs[row / 2].indices[row % 2] = dither->indices + start;
    }
    for (uint32_t i = 0; i < PAIRS; i++)
        pairs[i].errors = dither->errors + GIF_DITHER_MARGIN - 2 * LAG * i;
    for (uint64_t x = 0; x <= (uint64_t)dither->width + (GIF_DITHER_ROWS - 1) * LAG; x++)
        for (uint32_t i = 0; i < PAIRS; i++)
            diffuse(&pairs[i], x, map_two(&pairs[i], dither, nearest, x, transparent));
}
