/* SPDX-License-Identifier: MIT */
/* Loops of yuv-rows.c in SSSE3, with the results of the portable ones. Only for inclusion there. */
#ifndef MIM_VIDEO_YUV_SSSE3_H
#define MIM_VIDEO_YUV_SSSE3_H

#include "read/yuv-rows.h"

#include <tmmintrin.h>

enum { STEP = 16 };

/* The shares of eight samples of chroma in one colour, for one or two pixels each. */
VIDEO_YUV_INLINE void
store_shares(int16_t *shares, __m128i sum, int shift_x)
{
    if (shift_x) {
        _mm_storeu_si128((__m128i *)shares, _mm_unpacklo_epi16(sum, sum));
        _mm_storeu_si128((__m128i *)(shares + 8), _mm_unpackhi_epi16(sum, sum));
    } else {
        _mm_storeu_si128((__m128i *)shares, sum);
    }
}

/* Blocks are a multiple of the step, so this may compute more than `count`. */
static void
share_narrow(struct video_yuv_block *block, const struct video_yuv_gains *gains, int count, int shift_x)
{
    const __m128i red_v = _mm_set1_epi16((int16_t)gains->red_v), green_u = _mm_set1_epi16((int16_t)gains->green_u),
                  green_v = _mm_set1_epi16((int16_t)gains->green_v), blue_u = _mm_set1_epi16((int16_t)gains->blue_u),
                  bias = _mm_set1_epi16((int16_t)gains->bias);
    int16_t(*shares)[VIDEO_YUV_BLOCK] = block->shares.narrow;

    for (int x = 0; x << shift_x < count; x += 8) {
        __m128i u = _mm_loadu_si128((const __m128i *)(block->u + x)),
                v = _mm_loadu_si128((const __m128i *)(block->v + x));
        __m128i green = _mm_add_epi16(_mm_mulhi_epi16(u, green_u), _mm_mulhi_epi16(v, green_v));
        store_shares(shares[0] + (x << shift_x), _mm_add_epi16(bias, _mm_mulhi_epi16(v, red_v)), shift_x);
        store_shares(shares[1] + (x << shift_x), _mm_add_epi16(bias, green), shift_x);
        store_shares(shares[2] + (x << shift_x), _mm_add_epi16(bias, _mm_mulhi_epi16(u, blue_u)), shift_x);
    }
}

/* The parts of luma in sixteen pixels. */
struct luma {
    __m128i low, high;
};

VIDEO_YUV_INLINE struct luma
load_luma(const void *luma, int x, bool is_deep, __m128i gain, __m128i shift)
{
    const __m128i zero = _mm_setzero_si128();
    const uint16_t *words = (const uint16_t *)luma + x;
    __m128i bytes = _mm_loadu_si128((const __m128i *)((const uint8_t *)luma + x));
    __m128i low =
        is_deep ? _mm_sll_epi16(_mm_loadu_si128((const __m128i *)words), shift) : _mm_unpacklo_epi8(zero, bytes);
    __m128i high =
        is_deep ? _mm_sll_epi16(_mm_loadu_si128((const __m128i *)(words + 8)), shift) : _mm_unpackhi_epi8(zero, bytes);
    return (struct luma){ _mm_mulhi_epu16(low, gain), _mm_mulhi_epu16(high, gain) };
}

VIDEO_YUV_INLINE __m128i
add_luma(struct luma luma, const int16_t *shares)
{
    __m128i low = _mm_add_epi16(luma.low, _mm_loadu_si128((const __m128i *)shares));
    __m128i high = _mm_add_epi16(luma.high, _mm_loadu_si128((const __m128i *)(shares + 8)));
    return _mm_packus_epi16(_mm_srai_epi16(low, VIDEO_YUV_NARROW_BITS), _mm_srai_epi16(high, VIDEO_YUV_NARROW_BITS));
}

/* Where the bytes of a colour go in a third of sixteen pixels: the number of the pixel, or -1. */
static const int8_t places[3][3][STEP] __attribute__((aligned(16))) = {
    { { 0, -1, -1, 1, -1, -1, 2, -1, -1, 3, -1, -1, 4, -1, -1, 5 },
      { -1, 0, -1, -1, 1, -1, -1, 2, -1, -1, 3, -1, -1, 4, -1, -1 },
      { -1, -1, 0, -1, -1, 1, -1, -1, 2, -1, -1, 3, -1, -1, 4, -1 } },
    { { -1, -1, 6, -1, -1, 7, -1, -1, 8, -1, -1, 9, -1, -1, 10, -1 },
      { 5, -1, -1, 6, -1, -1, 7, -1, -1, 8, -1, -1, 9, -1, -1, 10 },
      { -1, 5, -1, -1, 6, -1, -1, 7, -1, -1, 8, -1, -1, 9, -1, -1 } },
    { { -1, 11, -1, -1, 12, -1, -1, 13, -1, -1, 14, -1, -1, 15, -1, -1 },
      { -1, -1, 11, -1, -1, 12, -1, -1, 13, -1, -1, 14, -1, -1, 15, -1 },
      { 10, -1, -1, 11, -1, -1, 12, -1, -1, 13, -1, -1, 14, -1, -1, 15 } },
};

VIDEO_YUV_INLINE void
store_rgb(uint8_t *out, __m128i red, __m128i green, __m128i blue)
{
    for (int i = 0; i < 3; i++) {
        const __m128i *place = (const __m128i *)places[i];
        __m128i mixed = _mm_or_si128(_mm_shuffle_epi8(red, place[0]), _mm_shuffle_epi8(green, place[1]));
        _mm_storeu_si128((__m128i *)out + i, _mm_or_si128(mixed, _mm_shuffle_epi8(blue, place[2])));
    }
}

VIDEO_YUV_INLINE void
store_rgba(uint8_t *out, __m128i red, __m128i green, __m128i blue)
{
    const __m128i opaque = _mm_set1_epi8(-1);
    __m128i first[2] = { _mm_unpacklo_epi8(red, green), _mm_unpackhi_epi8(red, green) };
    __m128i last[2] = { _mm_unpacklo_epi8(blue, opaque), _mm_unpackhi_epi8(blue, opaque) };
    for (int i = 0; i < 4; i++)
        _mm_storeu_si128((__m128i *)out + i, i % 2 ? _mm_unpackhi_epi16(first[i / 2], last[i / 2])
                                                   : _mm_unpacklo_epi16(first[i / 2], last[i / 2]));
}

/* For at least one step of pixels; the last step overlaps the one before. */
VIDEO_YUV_INLINE void
add_narrow_colours(const struct video_yuv_block *block, const struct video_yuv_gains *gains, const void *luma,
                   int shift, int count, uint8_t *out, bool is_deep, int channels)
{
    const __m128i gain = _mm_set1_epi16((int16_t)gains->luma), bits = _mm_cvtsi32_si128(shift);
    const int16_t(*shares)[VIDEO_YUV_BLOCK] = block->shares.narrow;

    for (int next = 0; next < count; next += STEP) {
        int x = next + STEP <= count ? next : count - STEP;
        struct luma part = load_luma(luma, x, is_deep, gain, bits);
        __m128i red = add_luma(part, shares[0] + x), green = add_luma(part, shares[1] + x),
                blue = add_luma(part, shares[2] + x);
        if (channels == 3)
            store_rgb(out + x * channels, red, green, blue);
        else
            store_rgba(out + x * channels, red, green, blue);
    }
}

#endif
