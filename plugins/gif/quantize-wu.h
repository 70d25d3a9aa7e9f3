/* SPDX-License-Identifier: MIT */
/* Chooses a palette: Wu's quantizer, which cuts boxes of colours where the sum of squared errors falls most. */
#ifndef MIM_GIF_QUANTIZE_WU_H
#define MIM_GIF_QUANTIZE_WU_H

#include <stdint.h>

enum { GIF_WU_SIDE = 33, GIF_WU_CELLS = GIF_WU_SIDE * GIF_WU_SIDE * GIF_WU_SIDE };

/** Of the colours of a cell, later of all cells up to it. 32 bits are enough for what gif_wu_add() counts. */
struct gif_moments {
    uint32_t count, red, green, blue;
    uint64_t square;
};

/** 860 KB, kept by a worker and reused. */
struct gif_wu {
    uint64_t every, next; /**< of more pixels than fit into 32 bits, every n-th is counted */
    struct gif_moments cells[GIF_WU_CELLS];
};

/** `pixels`: at most so many keys will come. */
void gif_wu_clear(struct gif_wu *wu, uint64_t pixels);

/** Count the keys of a row; GIF_NOTHING is none. */
void gif_wu_add(struct gif_wu *wu, const uint32_t *keys, uint32_t count);

/** At most `limit` colours, 1 to 256, as 0xRRGGBB; returns how many. What was counted is used up. */
uint32_t gif_wu_palette(struct gif_wu *wu, uint32_t limit, uint32_t *palette);

#endif
