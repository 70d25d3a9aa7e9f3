/* SPDX-License-Identifier: MIT */
/* Pairs of rows in AVX2, with the results of the portable loops. Only for inclusion in yuv-rows.c. */
#ifndef MIM_VIDEO_YUV_AVX2_H
#define MIM_VIDEO_YUV_AVX2_H

#include "read/yuv-rows.h"

#include <immintrin.h>

/* Words of thirty-two pixels: 0 to 7 and 16 to 23, then 8 to 15 and 24 to 31. Packing them restores the order. */
struct words {
    __m256i first, second;
};

VIDEO_YUV_INLINE __m256i
load_chroma_words(const uint8_t *samples)
{
    __m256i words = _mm256_cvtepu8_epi16(_mm_loadu_si128((const __m128i *)samples));
    return _mm256_slli_epi16(_mm256_sub_epi16(words, _mm256_set1_epi16(128)), 8);
}

/* Each sample of chroma is for two pixels. */
VIDEO_YUV_INLINE struct words
repeat_words(__m256i words)
{
    return (struct words){ _mm256_unpacklo_epi16(words, words), _mm256_unpackhi_epi16(words, words) };
}

VIDEO_YUV_INLINE struct words
load_luma_words(const uint8_t *samples, __m256i gain)
{
    const __m256i zero = _mm256_setzero_si256(), bytes = _mm256_loadu_si256((const __m256i *)samples);
    return (struct words){ _mm256_mulhi_epu16(_mm256_unpacklo_epi8(zero, bytes), gain),
                           _mm256_mulhi_epu16(_mm256_unpackhi_epi8(zero, bytes), gain) };
}

VIDEO_YUV_INLINE __m256i
add_words(struct words luma, struct words share)
{
    return _mm256_packus_epi16(
        _mm256_srai_epi16(_mm256_add_epi16(luma.first, share.first), VIDEO_YUV_NARROW_BITS),
        _mm256_srai_epi16(_mm256_add_epi16(luma.second, share.second), VIDEO_YUV_NARROW_BITS));
}

/* Both halves have sixteen pixels each, which become `size` bytes of output. */
VIDEO_YUV_INLINE void
store_halves(uint8_t *out, int size, __m256i bytes)
{
    _mm_storeu_si128((__m128i *)out, _mm256_castsi256_si128(bytes));
    _mm_storeu_si128((__m128i *)(out + size), _mm256_extracti128_si256(bytes, 1));
}

#define TWICE(...) _mm256_broadcastsi128_si256(_mm_setr_epi8(__VA_ARGS__))

/* Byte p in third t of sixteen pixels is of colour (p + t) % 3, so no two pixels of a colour have the same p. */
VIDEO_YUV_INLINE void
store_pixels_3(uint8_t *out, __m256i red, __m256i green, __m256i blue)
{
    enum { SIZE = 48 };
    const __m256i at_0 = TWICE(-1, 0, 0, -1, 0, 0, -1, 0, 0, -1, 0, 0, -1, 0, 0, -1);
    const __m256i at_1 = TWICE(0, -1, 0, 0, -1, 0, 0, -1, 0, 0, -1, 0, 0, -1, 0, 0);
    const __m256i at_2 = TWICE(0, 0, -1, 0, 0, -1, 0, 0, -1, 0, 0, -1, 0, 0, -1, 0);

    red = _mm256_shuffle_epi8(red, TWICE(0, 11, 6, 1, 12, 7, 2, 13, 8, 3, 14, 9, 4, 15, 10, 5));
    green = _mm256_shuffle_epi8(green, TWICE(5, 0, 11, 6, 1, 12, 7, 2, 13, 8, 3, 14, 9, 4, 15, 10));
    blue = _mm256_shuffle_epi8(blue, TWICE(10, 5, 0, 11, 6, 1, 12, 7, 2, 13, 8, 3, 14, 9, 4, 15));
    store_halves(out, SIZE, _mm256_blendv_epi8(_mm256_blendv_epi8(red, green, at_1), blue, at_2));
    store_halves(out + 16, SIZE, _mm256_blendv_epi8(_mm256_blendv_epi8(red, green, at_0), blue, at_1));
    store_halves(out + 32, SIZE, _mm256_blendv_epi8(_mm256_blendv_epi8(red, green, at_2), blue, at_0));
}

VIDEO_YUV_INLINE void
store_pixels_4(uint8_t *out, __m256i red, __m256i green, __m256i blue)
{
    enum { SIZE = 64 };
    const __m256i opaque = _mm256_set1_epi8(-1);
    const __m256i first[2] = { _mm256_unpacklo_epi8(red, green), _mm256_unpackhi_epi8(red, green) };
    const __m256i last[2] = { _mm256_unpacklo_epi8(blue, opaque), _mm256_unpackhi_epi8(blue, opaque) };

    for (int i = 0; i < 2; i++) {
        store_halves(out + 32 * i, SIZE, _mm256_unpacklo_epi16(first[i], last[i]));
        store_halves(out + 32 * i + 16, SIZE, _mm256_unpackhi_epi16(first[i], last[i]));
    }
}

/* The last step overlaps the one before. */
#define PAIR(channels) \
    static void pair_##channels(const struct video_yuv_pair *pair, const struct video_yuv_gains *gains, int width) \
    { \
        const __m256i gain = _mm256_set1_epi16((int16_t)gains->luma), bias = _mm256_set1_epi16((int16_t)gains->bias); \
        const __m256i red_v = _mm256_set1_epi16((int16_t)gains->red_v), \
                      green_u = _mm256_set1_epi16((int16_t)gains->green_u), \
                      green_v = _mm256_set1_epi16((int16_t)gains->green_v), \
                      blue_u = _mm256_set1_epi16((int16_t)gains->blue_u); \
        for (int next = 0; next < width; next += VIDEO_YUV_PAIR_WIDTH) { \
            int x = next + VIDEO_YUV_PAIR_WIDTH <= width ? next : width - VIDEO_YUV_PAIR_WIDTH; \
            __m256i u = load_chroma_words(pair->u + x / 2), v = load_chroma_words(pair->v + x / 2); \
            __m256i sum = _mm256_add_epi16(_mm256_mulhi_epi16(u, green_u), _mm256_mulhi_epi16(v, green_v)); \
            struct words red = repeat_words(_mm256_add_epi16(bias, _mm256_mulhi_epi16(v, red_v))), \
                         green = repeat_words(_mm256_add_epi16(bias, sum)), \
                         blue = repeat_words(_mm256_add_epi16(bias, _mm256_mulhi_epi16(u, blue_u))); \
            for (int i = 0; i < 2; i++) { \
                struct words luma = load_luma_words(pair->luma[i] + x, gain); \
                store_pixels_##channels(pair->out[i] + x * (channels), add_words(luma, red), add_words(luma, green), \
                                        add_words(luma, blue)); \
            } \
        } \
    }
PAIR(3)
PAIR(4)

#endif
