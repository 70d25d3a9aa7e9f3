/* SPDX-License-Identifier: MIT */
/*
 * Compares only entries that can be nearest in a part of the colour cube.
 *
 * In a leaf, let c be an entry and x the colour, both relative to the leaf's darkest corner. |c - x|^2 minus |x|^2,
 * which is the same for all entries, is |c|^2 - 2 c x. It fits 16 bits after subtracting a common part of the |c|^2.
 * The lowest three bits hold the lane's number, so that the minimum is the first of equals.
 */
#include "palette/nearest.h"

#include <string.h>

#include "palette/key.h"
#include "palette/lanes.h"

enum {
    BLOCK_BITS = 5,
    CELL_BITS = 3,
    LEAF_BITS = 2,
    LEAF_MAX = (1 << LEAF_BITS) - 1,
    MANY = GIF_NEAREST_FEW + 1,
    LANE_BITS = 3,
    SCORE_MAX = (INT16_MAX >> LANE_BITS) - 1,
    NO_LEAF = GIF_NEAREST_LEAVES + 1,
    NEAR = 3 * 2 * 2 /* squared distance from the middle of a leaf to its farthest colour */
};

typedef uint16_t lanes __attribute__((vector_size(16)));
typedef gif_signed_lanes signed_lanes;
typedef int32_t whole_lanes __attribute__((vector_size(16)));
typedef float number_lanes __attribute__((vector_size(16)));
#define FAR 1e6F /* exceeds any squared distance */

void
gif_nearest_move(struct gif_nearest *nearest, const uint32_t *palette, uint32_t count)
{
    nearest->count = count;
    for (uint32_t i = 0; i < count; i++) {
        nearest->colours[i] = palette[i];
        nearest->entries[i] = i;
        nearest->red[i] = palette[i] >> 16;
        nearest->green[i] = palette[i] >> 8;
        nearest->blue[i] = palette[i];
    }
}

void
gif_nearest_start(struct gif_nearest *nearest, bool is_approximate)
{
    if (is_approximate || nearest->is_approximate) {
        nearest->leaf_count = 0;
        memset(nearest->places, 0, sizeof nearest->places);
    }
    nearest->is_approximate = is_approximate;
}

void
gif_nearest_set(struct gif_nearest *nearest, const uint32_t *palette, uint32_t count)
{
    gif_nearest_move(nearest, palette, count);
    for (uint32_t i = 0; i < GIF_NEAREST_BLOCKS; i++)
        nearest->blocks[i].count = 0;
    memset(nearest->cell_counts, 0, sizeof nearest->cell_counts);
    nearest->is_approximate = true; /* drop the leaves */
    gif_nearest_start(nearest, false);
}

/* Add the squared distances on one axis to the nearest and the farthest point within `half` of `middle`. */
static inline void
add_distances(number_lanes value, float middle, float half, number_lanes *min, number_lanes *max)
{
    number_lanes away = (number_lanes)((whole_lanes)(value - middle) & INT32_MAX), near = away - half,
                 far = away + half;

    near = (number_lanes)((whole_lanes)near & (near > 0));
    *min += near * near;
    *max += far * far;
}

/* Squared distances of four colours. Floats represent them exactly, and positive floats compare like integers. */
static inline void
measure_four(const uint32_t *colours, const float *middle, float half, number_lanes *min, number_lanes *max)
{
    whole_lanes keys;

    memcpy(&keys, colours, sizeof keys);
    *min = *max = (number_lanes){ 0 };
    add_distances(__builtin_convertvector(keys >> 16, number_lanes), middle[0], half, min, max);
    add_distances(__builtin_convertvector(keys >> 8 & 0xff, number_lanes), middle[1], half, min, max);
    add_distances(__builtin_convertvector(keys & 0xff, number_lanes), middle[2], half, min, max);
}

/* Select the entries that can be nearest to a colour in the cube of 1 << bits a side that contains `key`. */
static uint32_t
narrow_entries(const struct gif_nearest *nearest, const uint8_t *entries, uint32_t count, uint32_t key, uint32_t bits,
               uint8_t *out)
{
    uint32_t side = (1U << bits) - 1, retained = 0, colours[256];
    float half = side / 2.0F, min[256], closest = FAR;
    const float middle[] = { (key >> 16 & ~side) + half, (key >> 8 & 0xff & ~side) + half,
                             (key & 0xff & ~side) + half };
    number_lanes low, high, closest_lanes = { FAR, FAR, FAR, FAR };

    for (uint32_t i = 0; i < count; i++)
        colours[i] = nearest->colours[entries[i]];
    for (uint32_t i = count; i % 4; i++)
        colours[i] = colours[0];
    for (uint32_t i = 0; i < count; i += 4) {
        measure_four(colours + i, middle, half, &low, &high);
        memcpy(min + i, &low, sizeof low);
        whole_lanes is_closer = high < closest_lanes;
        closest_lanes = (number_lanes)(((whole_lanes)high & is_closer) | ((whole_lanes)closest_lanes & ~is_closer));
    }
    for (uint32_t i = 0; i < 4; i++)
        closest = closest_lanes[i] < closest ? closest_lanes[i] : closest;
    for (uint32_t i = 0; i < count; i++) {
        out[retained] = entries[i];
        retained += min[i] <= closest;
    }
    return retained;
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
        block->count = narrow_entries(nearest, nearest->entries, nearest->count, key, BLOCK_BITS, block->entries);
    return block;
}

/* Get the list of the cell, or of its block if the cell's is too long. Returns its length. */
static uint32_t
list_of(struct gif_nearest *nearest, uint32_t key, const uint8_t **list)
{
    uint32_t cell = place_of(key, CELL_BITS), count = nearest->cell_counts[cell];

    if (!count) {
        const struct gif_nearest_block *block = block_of(nearest, key);
        uint8_t entries[256];
        count = narrow_entries(nearest, block->entries, block->count, key, CELL_BITS, entries);
        nearest->cell_counts[cell] = count <= GIF_NEAREST_FEW ? count : MANY;
        memcpy(nearest->cells[cell], entries, GIF_NEAREST_FEW);
    }
    if (nearest->cell_counts[cell] <= GIF_NEAREST_FEW) {
        *list = nearest->cells[cell];
        return nearest->cell_counts[cell];
    }
    *list = block_of(nearest, key)->entries;
    return block_of(nearest, key)->count;
}

static inline int32_t
distance_of(const struct gif_nearest *nearest, uint8_t entry, uint32_t key)
{
    int32_t red = nearest->red[entry] - (int32_t)(key >> 16),
            green = nearest->green[entry] - (int32_t)(key >> 8 & 0xff),
            blue = nearest->blue[entry] - (int32_t)(key & 0xff);

    return red * red + green * green + blue * blue;
}

uint8_t
gif_nearest_to(struct gif_nearest *nearest, uint32_t key)
{
    const uint8_t *list;
    uint32_t count = list_of(nearest, key, &list);
    int32_t closest = INT32_MAX;
    uint8_t best = 0;

    for (uint32_t i = 0; i < count; i++) {
        int32_t distance = distance_of(nearest, list[i], key);
        best = distance < closest ? list[i] : best;
        closest = distance < closest ? distance : closest;
    }
    return best;
}

static inline int32_t
above_zero(int32_t value)
{
    return value > 0 ? value : 0;
}

/* Set lane `i` of the leaf at `key`. false: its scores exceed 16 bits. */
static bool
set_lane(const struct gif_nearest *nearest, uint32_t key, uint8_t entry, int32_t *common, uint32_t i,
         struct gif_nearest_leaf *leaf)
{
    int32_t red = nearest->red[entry] - (int32_t)(key >> 16 & ~LEAF_MAX);
    int32_t green = nearest->green[entry] - (int32_t)(key >> 8 & 0xff & ~LEAF_MAX);
    int32_t blue = nearest->blue[entry] - (int32_t)(key & 0xff & ~LEAF_MAX);
    int32_t square = red * red + green * green + blue * blue;

    if (i == 0)
        *common = square;
    square -= *common;
    int32_t min = square - 2 * LEAF_MAX * (above_zero(red) + above_zero(green) + above_zero(blue));
    int32_t max = square + 2 * LEAF_MAX * (above_zero(-red) + above_zero(-green) + above_zero(-blue));
    if (min < -SCORE_MAX || max > SCORE_MAX)
        return false;
    leaf->at_origin[i] = (uint16_t)(square * (1 << LANE_BITS) + (int32_t)i);
    leaf->red[i] = (uint16_t)(red * -(2 << LANE_BITS));
    leaf->green[i] = (uint16_t)(green * -(2 << LANE_BITS));
    leaf->blue[i] = (uint16_t)(blue * -(2 << LANE_BITS));
    leaf->entries[i] = entry;
    return true;
}

/* false: too many entries or leaves, or scores that exceed 16 bits. */
static bool
make_leaf(struct gif_nearest *nearest, uint32_t key)
{
    struct gif_nearest_leaf *leaf = &nearest->leaves[nearest->leaf_count];
    const uint8_t *list;
    uint8_t entries[256];
    uint32_t count = list_of(nearest, key, &list);
    int32_t common;

    if (nearest->leaf_count == GIF_NEAREST_LEAVES)
        return false;
    count = narrow_entries(nearest, list, count, key, LEAF_BITS, entries);
    if (count > GIF_NEAREST_LANES)
        return false;
    for (uint32_t i = 0; i < count; i++)
        if (!set_lane(nearest, key, entries[i], &common, i, leaf))
            return false;
    for (uint32_t i = count; i < GIF_NEAREST_LANES; i++) {
        leaf->at_origin[i] = INT16_MAX;
        leaf->red[i] = leaf->green[i] = leaf->blue[i] = 0;
    }
    nearest->leaf_count++;
    return true;
}

static inline lanes
load_lanes(const uint16_t *from)
{
    lanes all;

    memcpy(&all, from, sizeof all);
    return all;
}

static inline uint8_t
best_of_leaf(const struct gif_nearest_leaf *leaf, uint32_t key)
{
    static const lanes times[] = {
        { 0 }, { 1, 1, 1, 1, 1, 1, 1, 1 }, { 2, 2, 2, 2, 2, 2, 2, 2 }, { 3, 3, 3, 3, 3, 3, 3, 3 }
    };
    lanes sums = load_lanes(leaf->at_origin) + load_lanes(leaf->red) * times[key >> 16 & LEAF_MAX] +
                 load_lanes(leaf->green) * times[key >> 8 & LEAF_MAX] + load_lanes(leaf->blue) * times[key & LEAF_MAX];
    signed_lanes scores = (signed_lanes)sums;

    scores = gif_min_lanes(scores, __builtin_shufflevector(scores, scores, 4, 5, 6, 7, 0, 1, 2, 3));
    scores = gif_min_lanes(scores, __builtin_shufflevector(scores, scores, 2, 3, 0, 1, 6, 7, 4, 5));
    scores = gif_min_lanes(scores, __builtin_shufflevector(scores, scores, 1, 0, 3, 2, 5, 4, 7, 6));
    return leaf->entries[scores[0] & (GIF_NEAREST_LANES - 1)];
}

static uint16_t
make_place(struct gif_nearest *nearest, uint32_t key)
{
    uint32_t middle = (key & ~(LEAF_MAX * 0x010101U)) + (LEAF_MAX + 1) / 2 * 0x010101;
    uint8_t entry = nearest->is_approximate ? gif_nearest_to(nearest, middle) : 0;
    bool is_exact = !nearest->is_approximate || distance_of(nearest, entry, middle) <= NEAR;

    if (is_exact && make_leaf(nearest, key))
        return (uint16_t)nearest->leaf_count;
    return is_exact ? NO_LEAF : GIF_NEAREST_ONE | entry;
}

static inline uint8_t
find_entry(struct gif_nearest *nearest, uint32_t key)
{
    uint16_t *place = &nearest->places[gif_nearest_place(key)];

    if (!*place)
        *place = make_place(nearest, key);
    if (*place <= GIF_NEAREST_LEAVES)
        return best_of_leaf(&nearest->leaves[*place - 1], key);
    return *place == NO_LEAF ? gif_nearest_to(nearest, key) : (uint8_t)*place;
}

uint8_t
gif_nearest_search(struct gif_nearest *nearest, uint32_t key)
{
    return find_entry(nearest, key);
}

void
gif_nearest_map(struct gif_nearest *nearest, const uint32_t *keys, uint32_t count, uint8_t transparent,
                uint8_t *indices)
{
    for (uint32_t i = 0; i < count; i++)
        indices[i] = keys[i] == GIF_TRANSPARENT ? transparent : find_entry(nearest, keys[i]);
}
