/* SPDX-License-Identifier: MIT */
/*
 * The loops, which the compiler vectorizes. This file is compiled for several processors, all of which give the same
 * results. VIDEO_YUV_LOOPS is the name of the table.
 */
#include "read/yuv-rows.h"

#ifdef __SSSE3__
#include "read/yuv-ssse3.h"
#endif
#ifdef __AVX2__
#include "read/yuv-avx2.h"
#define PAIRS { [3] = pair_3, [4] = pair_4 }
#else
#define PAIRS { NULL }
#endif

#define INLINE VIDEO_YUV_INLINE

INLINE int32_t
sample_at(const void *samples, bool is_deep, int x)
{
    return is_deep ? ((const uint16_t *)samples)[x] : ((const uint8_t *)samples)[x];
}

INLINE int32_t
clamp(int32_t value, int32_t min, int32_t max)
{
    value = value < min ? min : value;
    return value > max ? max : value;
}

INLINE void
load_chroma(const struct video_yuv_chroma *chroma, int count, int16_t *restrict out, bool is_deep)
{
    const void *row = chroma->rows[0];
    const int gray = chroma->gray;
    const uint16_t unit = (uint16_t)(1 << chroma->shift);

    for (int x = 0; x < count; x++)
        out[x] = (int16_t)((uint32_t)(sample_at(row, is_deep, x) - gray) * unit);
}

/* Rows at distances of 1.75, 0.75, 0.25 and 1.25 of their own, by the bicubic filter of swscale. */
INLINE void
interpolate_chroma(const struct video_yuv_chroma *chroma, int count, int16_t *restrict out, bool is_deep)
{
    enum { FAR = -115, NEAR = 986, NEAREST = 3571, NEXT = -346, ROUND = 2048, SHIFT = 12 };
    const void *const *rows = chroma->rows;
    const int32_t gray = chroma->gray << SHIFT, max = (2 * chroma->gray - 1) << SHIFT, unit = 1 << chroma->shift;

    for (int x = 0; x < count; x++) {
        int32_t sum = FAR * sample_at(rows[0], is_deep, x) + NEAR * sample_at(rows[1], is_deep, x) +
                      NEAREST * sample_at(rows[2], is_deep, x) + NEXT * sample_at(rows[3], is_deep, x);
        out[x] = (int16_t)(((clamp(sum, 0, max) - gray) * unit + ROUND) >> SHIFT);
    }
}

#ifndef __SSSE3__
INLINE int16_t
high_half(int32_t a, int32_t b)
{
    return (int16_t)((a * b) >> 16);
}

static void
share_narrow(struct video_yuv_block *block, const struct video_yuv_gains *gains, int count, int shift_x)
{
    int16_t(*shares)[VIDEO_YUV_BLOCK] = block->shares.narrow;

    for (int x = 0; x < count; x++) {
        int32_t u = block->u[x >> shift_x], v = block->v[x >> shift_x];
        shares[0][x] = (int16_t)(gains->bias + high_half(v, gains->red_v));
        shares[1][x] = (int16_t)(gains->bias + high_half(u, gains->green_u) + high_half(v, gains->green_v));
        shares[2][x] = (int16_t)(gains->bias + high_half(u, gains->blue_u));
    }
}
#endif

/* Unsigned arithmetic has defined results for samples beyond the depth of the picture, too. */
static void
share_wide(struct video_yuv_block *block, const struct video_yuv_gains *gains, int count, int shift_x)
{
    int32_t(*shares)[VIDEO_YUV_BLOCK] = block->shares.wide;
    const uint32_t bias = (uint32_t)gains->bias, red_v = (uint32_t)gains->red_v, green_u = (uint32_t)gains->green_u,
                   green_v = (uint32_t)gains->green_v, blue_u = (uint32_t)gains->blue_u;

    for (int x = 0; x < count; x++) {
        uint32_t u = (uint32_t)block->u[x >> shift_x], v = (uint32_t)block->v[x >> shift_x];
        shares[0][x] = (int32_t)(bias + red_v * v);
        shares[1][x] = (int32_t)(bias + green_u * u + green_v * v);
        shares[2][x] = (int32_t)(bias + blue_u * u);
    }
}

INLINE void
add_narrow(const struct video_yuv_block *block, const struct video_yuv_gains *gains, const void *luma, int shift,
           int count, uint8_t *restrict out, bool is_deep, int channels)
{
    const uint32_t gain = (uint32_t)gains->luma;

    for (int x = 0; x < count; x++) {
        uint16_t sample = (uint16_t)(sample_at(luma, is_deep, x) << shift);
        int32_t part = (int32_t)((sample * gain) >> 16);
        for (int i = 0; i < 3 && i < channels; i++)
            out[x * channels + i] =
                (uint8_t)clamp((part + block->shares.narrow[i][x]) >> VIDEO_YUV_NARROW_BITS, 0, 255);
        if (channels == 4)
            out[x * channels + 3] = 255;
    }
}

INLINE void
add_wide(const struct video_yuv_block *block, const struct video_yuv_gains *gains, const void *luma, int count,
         uint16_t *restrict out, bool is_deep, int channels)
{
    const uint32_t gain = (uint32_t)gains->luma;

    for (int x = 0; x < count; x++) {
        uint32_t part = gain * (uint32_t)sample_at(luma, is_deep, x);
        for (int i = 0; i < 3 && i < channels; i++) {
            int32_t sum = (int32_t)(part + (uint32_t)block->shares.wide[i][x]);
            out[x * channels + i] = (uint16_t)clamp(sum >> VIDEO_YUV_WIDE_BITS, 0, 65535);
        }
        if (channels == 4)
            out[x * channels + 3] = 65535;
    }
}

/* Constant arguments make a loop without branches for each kind. */
#define LOAD(bits) \
    static void load_##bits(const struct video_yuv_chroma *chroma, int count, int16_t *out) \
    { \
        if (chroma->is_interpolated) \
            interpolate_chroma(chroma, count, out, bits > 8); \
        else \
            load_chroma(chroma, count, out, bits > 8); \
    }
LOAD(8)
LOAD(16)

#ifdef __SSSE3__
#define HAS_COLOURS(channels, count) ((channels) > 1 && (count) >= STEP)
#else
#define HAS_COLOURS(channels, count) false
#define add_narrow_colours add_narrow
#endif

#define ADD(bits, channels) \
    static void add_narrow_##bits##_##channels(const struct video_yuv_block *block, \
                                               const struct video_yuv_gains *gains, const void *luma, int shift, \
                                               int count, void *out) \
    { \
        if (HAS_COLOURS(channels, count)) \
            add_narrow_colours(block, gains, luma, shift, count, out, bits > 8, channels); \
        else \
            add_narrow(block, gains, luma, shift, count, out, bits > 8, channels); \
    } \
    static void add_wide_##bits##_##channels(const struct video_yuv_block *block, const struct video_yuv_gains *gains, \
                                             const void *luma, int shift, int count, void *out) \
    { \
        (void)shift; \
        add_wide(block, gains, luma, count, out, bits > 8, channels); \
    }
ADD(8, 1)
ADD(8, 3)
ADD(8, 4)
ADD(16, 1)
ADD(16, 3)
ADD(16, 4)

#define ADDS(width) \
    { \
        { [1] = add_##width##_8_1, [3] = add_##width##_8_3, [4] = add_##width##_8_4 }, \
        { \
            [1] = add_##width##_16_1, [3] = add_##width##_16_3, [4] = add_##width##_16_4 \
        } \
    }
const struct video_yuv_loops VIDEO_YUV_LOOPS[2] = {
    { .load = { load_8, load_16 }, .share = share_narrow, .add = ADDS(narrow), .pair = PAIRS },
    { .load = { load_8, load_16 }, .share = share_wide, .add = ADDS(wide) },
};
