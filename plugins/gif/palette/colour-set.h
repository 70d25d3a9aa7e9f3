/* SPDX-License-Identifier: MIT */
/* A set of colours that stays small, or is known not to. */
#ifndef MIM_GIF_COLOUR_SET_H
#define MIM_GIF_COLOUR_SET_H

#include <stdbool.h>
#include <stdint.h>

enum { GIF_COLOURS_MAX = 256, GIF_COLOURS_SLOTS = 1024 };

/** Numbered in the order of their first appearance, until they are sorted. */
struct gif_colour_set {
    uint32_t count;
    uint32_t keys[GIF_COLOURS_MAX];    /**< 0xRRGGBB */
    uint16_t slots[GIF_COLOURS_SLOTS]; /**< number + 1; 0: free */
};

void gif_colour_set_clear(struct gif_colour_set *colours);

/** Add the keys of a row (GIF_TRANSPARENT is none). false: they would be more than `limit`, at most 256. */
bool gif_colour_set_add(struct gif_colour_set *colours, const uint32_t *keys, uint32_t count, uint32_t limit);

/** Number them from the brightest red down: equal sets get equal numbers. */
void gif_colour_set_sort(struct gif_colour_set *colours);

/** Numbers of keys that are all in the set; `transparent` stands for GIF_TRANSPARENT. */
void gif_colour_set_map(const struct gif_colour_set *colours, const uint32_t *keys, uint32_t count, uint8_t transparent,
                        uint8_t *indices);

#endif
