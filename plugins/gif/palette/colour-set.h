/* SPDX-License-Identifier: MIT */
/* A set of at most 256 colours. */
#ifndef MIM_GIF_COLOUR_SET_H
#define MIM_GIF_COLOUR_SET_H

#include <stdbool.h>
#include <stdint.h>

enum { GIF_COLOURS_MAX = 256, GIF_COLOURS_SLOTS = 1024 };

/* Numbered in order of appearance until gif_colour_set_sort(). */
struct gif_colour_set {
    uint32_t count;
    uint32_t keys[GIF_COLOURS_MAX];    /* 0xRRGGBB */
    uint16_t slots[GIF_COLOURS_SLOTS]; /* hash table of number + 1; 0: free */
};

void gif_colour_set_clear(struct gif_colour_set *colours);

/* The number of a key, or `count` if it is missing. */
uint32_t gif_colour_set_find(const struct gif_colour_set *colours, uint32_t key);

/* Add the keys of a row, except GIF_TRANSPARENT. false: the set would exceed `limit`, at most 256. */
bool gif_colour_set_add(struct gif_colour_set *colours, const uint32_t *keys, uint32_t count, uint32_t limit);

/* Number the colours from `first` on by descending key, so that equal sets get equal numbers. */
void gif_colour_set_sort(struct gif_colour_set *colours, uint32_t first);

/* Keep the first `count` colours. */
void gif_colour_set_truncate(struct gif_colour_set *colours, uint32_t count);

/* Convert keys, all in the set, to their numbers, and GIF_TRANSPARENT to `transparent`. */
void gif_colour_set_map(const struct gif_colour_set *colours, const uint32_t *keys, uint32_t count, uint8_t transparent,
                        uint8_t *indices);

#endif
