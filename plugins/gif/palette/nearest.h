/* SPDX-License-Identifier: MIT */
/* Exact search for the nearest colour of a palette. */
#ifndef MIM_GIF_NEAREST_H
#define MIM_GIF_NEAREST_H

#include <stdbool.h>
#include <stdint.h>

enum {
    GIF_NEAREST_BLOCKS = 8 * 8 * 8,
    GIF_NEAREST_CELLS = 32 * 32 * 32,
    GIF_NEAREST_PLACES = 64 * 64 * 64,
    GIF_NEAREST_FEW = 31,
    GIF_NEAREST_LANES = 8,
    GIF_NEAREST_LEAVES = 1 << 14,
    GIF_NEAREST_ONE = 0x8000 /* a place with the number of an entry instead of a leaf */
};

/*
 * A palette and, for parts of the colour cube, lists of the entries that can be nearest to a colour in that part.
 * Lists are made on demand: those of blocks of 32^3 colours from the palette, of cells of 8^3 colours from their
 * block, and of leaves of 4^3 colours from their cell. A leaf is laid out for comparing all its entries at once.
 */
struct gif_nearest {
    uint32_t count;
    uint32_t colours[256];
    uint8_t entries[256]; /* 0 to count - 1 */
    uint8_t red[256], green[256], blue[256];
    struct gif_nearest_block {
        uint16_t count; /* 0: not made yet */
        uint8_t entries[256];
    } blocks[GIF_NEAREST_BLOCKS];
    uint8_t cell_counts[GIF_NEAREST_CELLS]; /* 0: not made yet; above GIF_NEAREST_FEW: use the block's list */
    uint8_t cells[GIF_NEAREST_CELLS][GIF_NEAREST_FEW];
    bool is_approximate;
    uint32_t leaf_count;
    uint16_t places[GIF_NEAREST_PLACES]; /* 0: not made yet; else leaf number + 1, or see nearest.c */
    struct gif_nearest_leaf {
        uint16_t at_origin[GIF_NEAREST_LANES]; /* see nearest.c */
        uint16_t red[GIF_NEAREST_LANES], green[GIF_NEAREST_LANES], blue[GIF_NEAREST_LANES];
        uint8_t entries[GIF_NEAREST_LANES];
    } leaves[GIF_NEAREST_LEAVES];
};

/* The leaf of a colour. */
static inline uint32_t
gif_nearest_place(uint32_t key)
{
    return (key >> 6 & 0x3f000) | (key >> 4 & 0xfc0) | (key >> 2 & 0x3f);
}

/* Set a palette of `count` colours 0xRRGGBB, 1 to 256. */
void gif_nearest_set(struct gif_nearest *nearest, const uint32_t *palette, uint32_t count);

/* Replace the colours by nearby ones without rebuilding the lists. Searches become approximate. */
void gif_nearest_move(struct gif_nearest *nearest, const uint32_t *palette, uint32_t count);

/* The entry nearest to a colour; the first of equals. */
uint8_t gif_nearest_to(struct gif_nearest *nearest, uint32_t key);

/*
 * Start a picture. `is_approximate`: in leaves far from all entries all colours get the entry nearest to the middle. The
 * entries do not depend on earlier pictures.
 */
void gif_nearest_start(struct gif_nearest *nearest, bool is_approximate);

/* Use gif_nearest_to_pixel(). */
uint8_t gif_nearest_search(struct gif_nearest *nearest, uint32_t key);

/* The entry nearest to a pixel of the picture. */
static inline uint8_t
gif_nearest_to_pixel(struct gif_nearest *nearest, uint32_t key)
{
    uint16_t place = nearest->places[gif_nearest_place(key)];

    return place & GIF_NEAREST_ONE ? (uint8_t)place : gif_nearest_search(nearest, key);
}

/* Map the keys of a row to their nearest entries, and GIF_TRANSPARENT to `transparent`. */
void gif_nearest_map(struct gif_nearest *nearest, const uint32_t *keys, uint32_t count, uint8_t transparent,
                     uint8_t *indices);

#endif
