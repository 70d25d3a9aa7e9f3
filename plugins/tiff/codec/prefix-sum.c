/* SPDX-License-Identifier: MIT */
/* Prefix sums of samples, sixteen bytes at a time with SSE2. */
#include "codec/prefix-sum.h"

#include <stddef.h>

#ifdef __SSE2__
#include <emmintrin.h>

/* Repeat the last `span` bytes. */
static inline __m128i
spread_last(__m128i sums, unsigned span)
{
    if (span == 1)
        sums = _mm_unpackhi_epi8(sums, sums);
    if (span <= 2)
        sums = _mm_shufflehi_epi16(sums, 0xff);
    if (span == 4)
        sums = _mm_shuffle_epi32(sums, 0xff);
    return _mm_unpackhi_epi64(sums, sums);
}

/* Sum within a vector by doubling distances, then add the last sum of the vector before. Returns the bytes done. */
#define DEFINE_WIDE(name, add) \
    static inline uint64_t name(uint8_t *at, uint64_t size, unsigned span) \
    { \
        __m128i last = _mm_setzero_si128(); \
        uint64_t done = 0; \
        for (; size - done >= 16; done += 16) { \
            __m128i sums = _mm_loadu_si128((const __m128i *)(at + done)); \
            if (span <= 1) \
                sums = add(sums, _mm_slli_si128(sums, 1)); \
            if (span <= 2) \
                sums = add(sums, _mm_slli_si128(sums, 2)); \
            if (span <= 4) \
                sums = add(sums, _mm_slli_si128(sums, 4)); \
            sums = add(add(sums, _mm_slli_si128(sums, 8)), last); \
            _mm_storeu_si128((__m128i *)(at + done), sums); \
            last = spread_last(sums, span); \
        } \
        return done; \
    }

DEFINE_WIDE(wide_u8, _mm_add_epi8)
DEFINE_WIDE(wide_u16, _mm_add_epi16)
DEFINE_WIDE(wide_u32, _mm_add_epi32)
DEFINE_WIDE(wide_u64, _mm_add_epi64)
#define WIDE(name, at, size, span) name(at, size, span)
#else
#define WIDE(name, at, size, span) ((void)(size), 0)
#endif

/* Three samples, as of RGB, do not divide a vector. Sums stay in registers, since loading a fresh store is slow. */
#define DEFINE_SUM(name, type, wide) \
    static void sum_threes_##name(type *at, uint64_t count) \
    { \
        type a = 0, b = 0, c = 0; \
        uint64_t i = 0; \
        for (; count - i >= 3; i += 3) { \
            at[i] = a = (type)(a + at[i]); \
            at[i + 1] = b = (type)(b + at[i + 1]); \
            at[i + 2] = c = (type)(c + at[i + 2]); \
        } \
    } \
\
    static void sum_##name(void *samples, uint64_t count, uint32_t step) \
    { \
        type *at = samples; \
        uint64_t size = count * sizeof *at, done = 0; \
        if (step == 3 && count % 3 == 0) { \
            sum_threes_##name(at, count); \
            return; \
        } \
        if (step * sizeof *at == 1) \
            done = WIDE(wide, samples, size, 1); \
        else if (step * sizeof *at == 2) \
            done = WIDE(wide, samples, size, 2); \
        else if (step * sizeof *at == 4) \
            done = WIDE(wide, samples, size, 4); \
        else if (step * sizeof *at == 8) \
            done = WIDE(wide, samples, size, 8); \
        uint64_t first = done / sizeof *at; \
        for (uint64_t i = first > step ? first : step; i < count; i++) \
            at[i] = (type)(at[i] + at[i - step]); \
    }

DEFINE_SUM(u8, uint8_t, wide_u8)
DEFINE_SUM(u16, uint16_t, wide_u16)
DEFINE_SUM(u32, uint32_t, wide_u32)
DEFINE_SUM(u64, uint64_t, wide_u64)

tiff_prefix_sum
tiff_prefix_sum_of(uint32_t bits)
{
    static const struct {
        uint32_t bits;
        tiff_prefix_sum sum;
    } depths[] = { { 8, sum_u8 }, { 16, sum_u16 }, { 32, sum_u32 }, { 64, sum_u64 } };
    for (size_t i = 0; i < sizeof depths / sizeof *depths; i++)
        if (depths[i].bits == bits)
            return depths[i].sum;
    return NULL;
}
