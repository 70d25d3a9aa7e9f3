/* SPDX-License-Identifier: MIT */
/* Converts planar YUV and gray to RGB and gray by the exact formula; swscale is off by several levels. */
#ifndef MIM_VIDEO_YUV_H
#define MIM_VIDEO_YUV_H

#include <stdbool.h>
#include <stdint.h>

#include <libavutil/frame.h>

/* Can video_yuv_convert() convert these formats? */
bool video_yuv_is_supported(enum AVPixelFormat from, enum AVPixelFormat to);
/*
 * The format to which swscale scales or unpacks pictures for video_yuv_convert(), or AV_PIX_FMT_NONE. A scaled picture
 * has all rows of chroma.
 */
enum AVPixelFormat video_yuv_planar_format(enum AVPixelFormat from, enum AVPixelFormat to, bool is_scaled);
/* Are the samples of full range, as stated or by default? */
bool video_yuv_is_full_range(enum AVPixelFormat format, enum AVColorRange stated);
/* Convert a picture without scaling it. `matrix`: not AVCOL_SPC_UNSPECIFIED. */
void video_yuv_convert(const AVFrame *picture, enum AVColorSpace matrix, enum AVPixelFormat to, uint8_t *data,
                       uint64_t stride);

#endif
