/* SPDX-License-Identifier: MIT */
/* A histogram of a sample, for algorithms that visit all colours many times. */
#ifndef MIM_GIF_POINTS_H
#define MIM_GIF_POINTS_H

#include "palette/sample.h"

enum { GIF_POINTS_MAX = 1 << 15, GIF_POINTS_SLOTS = 1 << 16 };

/* A point per set of colours that agree in the upper `bits` of each channel: 8, or fewer to limit the points. */
struct gif_points {
    uint32_t count;
    uint32_t bits;
    struct gif_point {
        uint32_t count;            /* pixels */
        uint32_t red, green, blue; /* sums over the pixels; 32 bits are enough for a sample */
    } points[GIF_POINTS_MAX];
    uint32_t cells[GIF_POINTS_MAX];   /* first the common upper bits, finally the mean colour */
    uint16_t slots[GIF_POINTS_SLOTS]; /* hash table of number + 1; 0: free */
};

/* Make the points of a sample, in order of appearance. */
void gif_points_set(struct gif_points *points, const struct gif_sample *sample);

#endif
