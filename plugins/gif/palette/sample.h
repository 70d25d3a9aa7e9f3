/* SPDX-License-Identifier: MIT */
/* Colours of pixels drawn evenly from pictures of any size: what palettes are chosen by. */
#ifndef MIM_GIF_SAMPLE_H
#define MIM_GIF_SAMPLE_H

#include <stdint.h>

enum { GIF_SAMPLE_MAX = 1 << 17 };

/** All pixels as long as they fit, then one of every two, four, eight ..., at a random place among these. 512 KB. */
struct gif_sample {
    uint32_t count;
    uint32_t every;
    uint32_t offset; /**< of the one that was kept last, among its `every` */
    uint64_t left;   /**< pixels to pass by before the next one */
    uint64_t random;
    uint32_t keys[GIF_SAMPLE_MAX]; /**< 0xRRGGBB */
};

void gif_sample_clear(struct gif_sample *sample);

/** Draw from the keys of a row; GIF_TRANSPARENT is none. */
void gif_sample_add(struct gif_sample *sample, const uint32_t *keys, uint32_t count);

#endif
