/* SPDX-License-Identifier: MIT */
/* A sample with colours alike made one, to be gone through many times. */
#ifndef MIM_GIF_POINTS_H
#define MIM_GIF_POINTS_H

#include "palette/sample.h"

enum { GIF_POINTS_MAX = 1 << 15, GIF_POINTS_SLOTS = 1 << 16 };

/** Colours of the sample that are equal in the upper `bits` of each channel: 8, or as many as leave few enough points. */
struct gif_points {
    uint32_t count;
    uint32_t bits;
    struct gif_point {
        uint32_t count;            /**< pixels; sums of their channels follow */
        uint32_t red, green, blue; /**< a sample has not the pixels for more than 32 bits */
    } points[GIF_POINTS_MAX];
    uint32_t cells[GIF_POINTS_MAX];   /**< the upper bits of a point's colours, the others 0; then its mean colour */
    uint16_t slots[GIF_POINTS_SLOTS]; /**< number + 1; 0: free */
};

/** The points of a sample, numbered in the order in which they come. */
void gif_points_set(struct gif_points *points, const struct gif_sample *sample);

#endif
