/* SPDX-License-Identifier: MIT */
/* The global colour table, and which frames use it. */
#ifndef MIM_GIF_SHARED_TABLE_H
#define MIM_GIF_SHARED_TABLE_H

#include <stdbool.h>

#include "palette/colour-set.h"

enum { GIF_TABLE_BITS_MAX = 8 };

/* Zeroed = none. */
struct gif_shared_table {
    uint32_t bits; /* log2 of its entries */
    struct gif_colour_set colours;
};

/* How a frame uses the table. */
struct gif_table_use {
    uint32_t code_size;
    uint64_t size;                    /* bytes of codes, without sub-blocks */
    bool is_identity;                 /* the codes stay as they are */
    uint8_t entries[GIF_COLOURS_MAX]; /* of the shared table, for each one of the frame's */
};

/* Frames coded by gif_encode_frame(), each after its size, a uint64_t in host order. */
struct gif_frame_list {
    const uint8_t *bytes;
    uint64_t size;
};

/* Get the next frame of a list. `*at` starts from 0. NULL: there are no more. */
const uint8_t *gif_frame_list_next(const struct gif_frame_list *frames, uint64_t *at, uint64_t *size);

/* Add all colours of a frame, or none if they exceed 1 << bits entries. */
void gif_shared_table_add(struct gif_shared_table *table, const uint8_t *frame, uint32_t bits);

/* Choose the table with which a list of frames is smallest. */
void gif_shared_table_choose(struct gif_shared_table *table, const struct gif_frame_list *frames);

/* Does a frame have all its colours in the table, and is it no larger with it than with its own? */
bool gif_shared_table_use(const struct gif_shared_table *table, const uint8_t *frame, uint64_t size,
                          struct gif_table_use *use);

#endif
