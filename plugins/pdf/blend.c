/* SPDX-License-Identifier: MIT */
/*
 * Converts cairo's premultiplied pixels to those of a frame. Blocks of clear paper and opaque ink, most of a page, take
 * a fast path.
 */
#include "blend.h"

#include <string.h>

#define BLOCK 8u

/* a * b / 255, rounded as in pixman. */
static inline uint32_t
multiply_255(uint32_t a, uint32_t b)
{
    uint32_t product = a * b + 128;
    return (product + (product >> 8)) >> 8;
}

/* Colour over an opaque background. */
static inline uint32_t
blend_over(uint32_t colour, uint32_t alpha, uint32_t background)
{
    uint32_t sum = colour + multiply_255(background, 255 - alpha);
    return sum < 255 ? sum : 255;
}

static inline uint32_t
red_of(uint32_t pixel)
{
    return pixel >> 16 & 255;
}

static inline uint32_t
green_of(uint32_t pixel)
{
    return pixel >> 8 & 255;
}

static inline uint32_t
blue_of(uint32_t pixel)
{
    return pixel & 255;
}

enum kind { CLEAR, OPAQUE, MIXED };

static inline enum kind
classify_block(const uint32_t *pixels)
{
    uint32_t any = 0, all = UINT32_MAX;
    for (unsigned i = 0; i < BLOCK; i++) {
        any |= pixels[i];
        all &= pixels[i];
    }
    return any == 0 ? CLEAR : all >= 0xff000000u ? OPAQUE : MIXED;
}

static void
blend_rgb(const uint32_t *from, uint8_t *to, uint32_t count, const uint8_t background[4])
{
    for (uint32_t x = 0; x < count; x++, to += 3) {
        uint32_t pixel = from[x], alpha = pixel >> 24;
        to[0] = (uint8_t)blend_over(red_of(pixel), alpha, background[0]);
        to[1] = (uint8_t)blend_over(green_of(pixel), alpha, background[1]);
        to[2] = (uint8_t)blend_over(blue_of(pixel), alpha, background[2]);
    }
}

void
pdf_blend_rgb(const uint32_t *from, uint8_t *to, uint32_t width, const uint8_t background[4])
{
    static const uint32_t clear[BLOCK];
    uint8_t paper[3 * BLOCK];
    blend_rgb(clear, paper, BLOCK, background);

    uint32_t x = 0;
    for (; width - x >= BLOCK; x += BLOCK, from += BLOCK, to += 3 * BLOCK) {
        enum kind kind = classify_block(from);
        if (kind == CLEAR)
            memcpy(to, paper, sizeof paper);
        else if (kind == MIXED)
            blend_rgb(from, to, BLOCK, background);
        else
            for (unsigned i = 0; i < BLOCK; i++) {
                to[3 * i] = (uint8_t)red_of(from[i]);
                to[3 * i + 1] = (uint8_t)green_of(from[i]);
                to[3 * i + 2] = (uint8_t)blue_of(from[i]);
            }
    }
    blend_rgb(from, to, width - x, background);
}

/* Rec. 601 luma with the weights of mim's conversions, so that gray stays unchanged. */
static inline uint8_t
luma_of(uint32_t red, uint32_t green, uint32_t blue)
{
    return (uint8_t)((19595 * red + 38470 * green + 7471 * blue + 32768) >> 16);
}

static void
blend_gray(const uint32_t *from, uint8_t *to, uint32_t count, const uint8_t background[4])
{
    for (uint32_t x = 0; x < count; x++) {
        uint32_t pixel = from[x], alpha = pixel >> 24;
        to[x] =
            luma_of(blend_over(red_of(pixel), alpha, background[0]), blend_over(green_of(pixel), alpha, background[1]),
                    blend_over(blue_of(pixel), alpha, background[2]));
    }
}

void
pdf_blend_gray(const uint32_t *from, uint8_t *to, uint32_t width, const uint8_t background[4])
{
    uint8_t paper = luma_of(background[0], background[1], background[2]);
    uint32_t x = 0;
    for (; width - x >= BLOCK; x += BLOCK, from += BLOCK, to += BLOCK) {
        enum kind kind = classify_block(from);
        if (kind == CLEAR)
            memset(to, paper, BLOCK);
        else if (kind == MIXED)
            blend_gray(from, to, BLOCK, background);
        else
            for (unsigned i = 0; i < BLOCK; i++)
                to[i] = luma_of(red_of(from[i]), green_of(from[i]), blue_of(from[i]));
    }
    blend_gray(from, to, width - x, background);
}

static inline uint8_t
unpremultiply(uint32_t colour, uint32_t alpha)
{
    uint32_t straight = alpha ? (colour * 255 + alpha / 2) / alpha : 0;
    return (uint8_t)(straight < 255 ? straight : 255);
}

static void
blend_rgba(const uint32_t *from, uint8_t *to, uint32_t count, const uint8_t background[4])
{
    for (uint32_t x = 0; x < count; x++, to += 4) {
        uint32_t pixel = from[x], rest = 255 - (pixel >> 24), alpha = (pixel >> 24) + multiply_255(background[3], rest);
        uint32_t under[3];
        for (unsigned i = 0; i < 3; i++)
            under[i] = multiply_255(multiply_255(background[i], background[3]), rest);
        to[0] = unpremultiply(red_of(pixel) + under[0], alpha);
        to[1] = unpremultiply(green_of(pixel) + under[1], alpha);
        to[2] = unpremultiply(blue_of(pixel) + under[2], alpha);
        to[3] = (uint8_t)alpha;
    }
}

void
pdf_blend_rgba(const uint32_t *from, uint8_t *to, uint32_t width, const uint8_t background[4])
{
    uint32_t x = 0;
    for (; width - x >= BLOCK; x += BLOCK, from += BLOCK, to += 4 * BLOCK) {
        uint32_t block[BLOCK]; /* `to` may be `from` */
        memcpy(block, from, sizeof block);
        enum kind kind = classify_block(block);
        if (kind == OPAQUE) {
            for (unsigned i = 0; i < BLOCK; i++) {
                to[4 * i] = (uint8_t)red_of(block[i]);
                to[4 * i + 1] = (uint8_t)green_of(block[i]);
                to[4 * i + 2] = (uint8_t)blue_of(block[i]);
                to[4 * i + 3] = 255;
            }
        } else if (kind == MIXED || background[3]) {
            blend_rgba(block, to, BLOCK, background);
        } else {
            memset(to, 0, sizeof block);
        }
    }
    uint32_t last[BLOCK];
    memcpy(last, from, (width - x) * sizeof *last);
    blend_rgba(last, to, width - x, background);
}
