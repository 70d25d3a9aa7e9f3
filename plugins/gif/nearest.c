/* SPDX-License-Identifier: MIT */
/* Searches only the entries that a cell of the colour cube leaves open. */
#include "nearest.h"

#include "view.h"

enum { BLOCK_BITS = 5, CELL_BITS = 3, MANY = GIF_NEAREST_FEW + 1 };

void
gif_nearest_set(struct gif_nearest *nearest, const uint32_t *palette, uint32_t count)
{
    nearest->count = count;
    for (uint32_t i = 0; i < count; i++) {
        nearest->red[i] = palette[i] >> 16;
        nearest->green[i] = palette[i] >> 8;
        nearest->blue[i] = palette[i];
    }
    for (uint32_t i = 0; i < GIF_NEAREST_BLOCKS; i++)
        nearest->blocks[i].count = 0;
    for (uint32_t i = 0; i < GIF_NEAREST_CELLS; i++)
        nearest->cells[i].count = 0;
}

/* Squared distances on one axis from `value` to the nearest and to the farthest point of [low, high]. */
static inline void
add_distances(uint32_t value, uint32_t low, uint32_t high, uint32_t *least, uint32_t *most)
{
    int32_t under = (int32_t)low - (int32_t)value, over = (int32_t)value - (int32_t)high;
    int32_t near = under > 0 ? under : over > 0 ? over : 0;
    int32_t far = -under > -over ? -under : -over;

    *least += near * near;
    *most += far * far;
}

/* Those of `entries` that can be nearest to a colour of the cube of 1 << bits a side at (red, green, blue). */
static uint32_t
narrow(const struct gif_nearest *nearest, const uint8_t *entries, uint32_t count, uint32_t key, uint32_t bits,
       uint8_t *out)
{
    uint32_t side = (1U << bits) - 1, least[256], closest = UINT32_MAX, kept = 0;
    uint32_t red = (key >> 16) & ~side, green = (key >> 8 & 0xff) & ~side, blue = (key & 0xff) & ~side;

    for (uint32_t i = 0; i < count; i++) {
        uint32_t entry = entries ? entries[i] : i, most = 0;
        least[i] = 0;
        add_distances(nearest->red[entry], red, red + side, &least[i], &most);
        add_distances(nearest->green[entry], green, green + side, &least[i], &most);
        add_distances(nearest->blue[entry], blue, blue + side, &least[i], &most);
        closest = most < closest ? most : closest;
    }
    for (uint32_t i = 0; i < count; i++)
        if (least[i] <= closest)
            out[kept++] = entries ? entries[i] : i;
    return kept;
}

static inline uint32_t
place_of(uint32_t key, uint32_t bits)
{
    uint32_t width = 8 - bits;

    return (key >> (16 + bits) << width | (key >> (8 + bits) & ((1U << width) - 1))) << width |
           (key >> bits & ((1U << width) - 1));
}

static const struct gif_nearest_block *
block_of(struct gif_nearest *nearest, uint32_t key)
{
    struct gif_nearest_block *block = &nearest->blocks[place_of(key, BLOCK_BITS)];

    if (!block->count)
        block->count = narrow(nearest, NULL, nearest->count, key, BLOCK_BITS, block->entries);
    return block;
}

static void
make_cell(struct gif_nearest *nearest, uint32_t key, struct gif_nearest_cell *cell)
{
    const struct gif_nearest_block *block = block_of(nearest, key);
    uint8_t entries[256];
    uint32_t count = narrow(nearest, block->entries, block->count, key, CELL_BITS, entries);

    cell->count = count <= GIF_NEAREST_FEW ? count : MANY;
    for (uint32_t i = 0; i < count && cell->count != MANY; i++)
        cell->entries[i] = entries[i];
}

static inline uint8_t
best_of(const struct gif_nearest *nearest, const uint8_t *entries, uint32_t count, uint32_t key)
{
    int32_t red = key >> 16, green = key >> 8 & 0xff, blue = key & 0xff, closest = INT32_MAX;
    uint8_t best = 0;

    for (uint32_t i = 0; i < count; i++) {
        uint8_t entry = entries[i];
        int32_t r = nearest->red[entry] - red, g = nearest->green[entry] - green, b = nearest->blue[entry] - blue;
        int32_t distance = r * r + g * g + b * b;
        best = distance < closest ? entry : best;
        closest = distance < closest ? distance : closest;
    }
    return best;
}

uint8_t
gif_nearest_to(struct gif_nearest *nearest, uint32_t key)
{
    struct gif_nearest_cell *cell = &nearest->cells[place_of(key, CELL_BITS)];

    if (!cell->count)
        make_cell(nearest, key, cell);
    if (cell->count <= GIF_NEAREST_FEW)
        return best_of(nearest, cell->entries, cell->count, key);
    const struct gif_nearest_block *block = block_of(nearest, key);
    return best_of(nearest, block->entries, block->count, key);
}

void
gif_nearest_map(struct gif_nearest *nearest, const uint32_t *keys, uint32_t count, uint8_t nothing, uint8_t *indices)
{
    uint32_t last = GIF_NOTHING;
    uint8_t index = nothing;

    for (uint32_t i = 0; i < count; i++) {
        if (keys[i] != last) {
            last = keys[i];
            index = last == GIF_NOTHING ? nothing : gif_nearest_to(nearest, last);
        }
        indices[i] = index;
    }
}
