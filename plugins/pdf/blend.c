/* SPDX-License-Identifier: MIT */
/* Cairo's premultiplied pixels as a frame's. The loops are plain, for the compiler to make vectors of. */
#include <string.h>

#include "pdf.h"

/* a * b / 255, rounded, as pixman does it. */
static inline uint32_t
scale(uint32_t a, uint32_t b)
{
    uint32_t product = a * b + 128;
    return (product + (product >> 8)) >> 8;
}

/* Colour over an opaque background. */
static inline uint32_t
over(uint32_t colour, uint32_t alpha, uint32_t background)
{
    uint32_t sum = colour + scale(background, 255 - alpha);
    return sum < 255 ? sum : 255;
}

void
pdf_blend_rgb(const uint32_t *from, uint8_t *to, uint32_t width, const uint8_t background[3])
{
    uint32_t red = background[0], green = background[1], blue = background[2];
    for (uint32_t x = 0; x < width; x++) {
        uint32_t pixel = from[x], alpha = pixel >> 24;
        to[3 * x] = (uint8_t)over(pixel >> 16 & 255, alpha, red);
        to[3 * x + 1] = (uint8_t)over(pixel >> 8 & 255, alpha, green);
        to[3 * x + 2] = (uint8_t)over(pixel & 255, alpha, blue);
    }
}

/* Rec. 601 luma, in the weights with which mim's own conversions round: gray stays itself. */
void
pdf_blend_gray(const uint32_t *from, uint8_t *to, uint32_t width, const uint8_t background[3])
{
    uint32_t red = background[0], green = background[1], blue = background[2];
    for (uint32_t x = 0; x < width; x++) {
        uint32_t pixel = from[x], alpha = pixel >> 24;
        uint32_t sum = 19595 * over(pixel >> 16 & 255, alpha, red) + 38470 * over(pixel >> 8 & 255, alpha, green) +
                       7471 * over(pixel & 255, alpha, blue);
        to[x] = (uint8_t)((sum + 32768) >> 16);
    }
}

static inline uint8_t
divide(uint32_t colour, uint32_t alpha)
{
    uint32_t straight = (colour * 255 + alpha / 2) / alpha;
    return (uint8_t)(straight < 255 ? straight : 255);
}

/* Most pixels of a page are clear or opaque: only the others are divided. */
void
pdf_blend_rgba(const uint32_t *from, uint8_t *to, uint32_t width, const uint8_t background[4])
{
    uint32_t under = background[3];
    for (uint32_t x = 0; x < width; x++) {
        uint32_t pixel = from[x], rest = 255 - (pixel >> 24), alpha = (pixel >> 24) + scale(under, rest);
        uint32_t colour[3] = { pixel >> 16 & 255, pixel >> 8 & 255, pixel & 255 };
        uint8_t out[4] = { 0, 0, 0, (uint8_t)alpha };
        for (unsigned i = 0; i < 3; i++) {
            uint32_t sum = colour[i] + scale(scale(background[i], under), rest);
            out[i] = alpha == 255 ? (uint8_t)(sum < 255 ? sum : 255) : alpha ? divide(sum, alpha) : 0;
        }
        memcpy(to + (size_t)4 * x, out, sizeof out);
    }
}
