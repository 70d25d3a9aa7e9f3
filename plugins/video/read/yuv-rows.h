/* SPDX-License-Identifier: MIT */
/* Rows of YUV to RGB in fixed point. Results are the same on every machine. */
#ifndef MIM_VIDEO_YUV_ROWS_H
#define MIM_VIDEO_YUV_ROWS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum { VIDEO_YUV_BLOCK = 512 };                               /* pixels; a multiple of 16 */
enum { VIDEO_YUV_NARROW_BITS = 5, VIDEO_YUV_WIDE_BITS = 13 }; /* of fractions in sums */

/* The matrix with the ranges of both sides, and the fraction that rounds. */
struct video_yuv_gains {
    int32_t luma, red_v, green_u, green_v, blue_u, bias;
};

/* A part of a row. A narrow block is for RGB of 8 bits: it has samples of 16 bits, and keeps the high halves of products.
 * A wide one is for RGB of 16 bits: it has luma as the picture has it, and chroma of at least 12 bits. */
struct video_yuv_block {
    int16_t u[VIDEO_YUV_BLOCK], v[VIDEO_YUV_BLOCK]; /* chroma minus gray */
    union {
        int16_t narrow[3][VIDEO_YUV_BLOCK];
        int32_t wide[3][VIDEO_YUV_BLOCK];
    } shares; /* of chroma in the red, green and blue of each pixel, with the bias */
};

/* Where chroma comes from: a row, or four rows to interpolate between. */
struct video_yuv_chroma {
    const void *rows[4]; /* only the first unless interpolating */
    int gray;            /* the sample without colour */
    int shift;           /* from the depth of the picture to that of the block */
    bool is_interpolated;
};

typedef void video_yuv_load(const struct video_yuv_chroma *chroma, int count, int16_t *out);
typedef void video_yuv_share(struct video_yuv_block *block, const struct video_yuv_gains *gains, int count,
                             int shift_x);
/* `shift`: from the depth of the picture to 16 bits. */
typedef void video_yuv_add(const struct video_yuv_block *block, const struct video_yuv_gains *gains, const void *luma,
                           int shift, int count, void *out);

/* Two rows of 8 bits that share a row of chroma with half their width. */
struct video_yuv_pair {
    const uint8_t *luma[2], *u, *v;
    uint8_t *out[2];
};

enum { VIDEO_YUV_PAIR_WIDTH = 32 };

/* Converts whole rows at once. `width` is even and at least VIDEO_YUV_PAIR_WIDTH. */
typedef void video_yuv_convert_pair(const struct video_yuv_pair *pair, const struct video_yuv_gains *gains, int width);

/* The loops for RGB of one sample type, by the bytes of a sample of the picture minus 1, and the channels of a pixel. */
struct video_yuv_loops {
    video_yuv_load *load[2];
    video_yuv_share *share;
    video_yuv_add *add[2][5];
    video_yuv_convert_pair *pair[5]; /* by channels; NULL: none */
};

/* For narrow and wide blocks, compiled for several processors. */
extern const struct video_yuv_loops video_yuv_portable[2], video_yuv_ssse3[2], video_yuv_avx2[2];

#define VIDEO_YUV_INLINE static inline __attribute__((always_inline))

#endif
