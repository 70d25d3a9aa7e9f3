/* SPDX-License-Identifier: MIT */
/* A random sample of pixels, from which a palette is chosen. */
#ifndef MIM_GIF_SAMPLE_H
#define MIM_GIF_SAMPLE_H

#include <stdint.h>

enum { GIF_SAMPLE_MAX = 1 << 17 };

/* All pixels while they fit, then a random one of every 2, 4, 8... 512 KB. */
struct gif_sample {
    uint32_t count;
    uint32_t every;
    uint32_t offset; /* position of the last pixel among its `every` */
    uint64_t left;   /* pixels to skip before the next one */
    uint64_t random;
    uint32_t keys[GIF_SAMPLE_MAX]; /* 0xRRGGBB */
};

void gif_sample_clear(struct gif_sample *sample);

/* Sample the keys of a row, except GIF_TRANSPARENT. */
void gif_sample_add(struct gif_sample *sample, const uint32_t *keys, uint32_t count);

#endif
