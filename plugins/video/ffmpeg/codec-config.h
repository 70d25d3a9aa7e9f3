/* SPDX-License-Identifier: MIT */
/* The formats, rates and layouts that an encoder accepts. */
#ifndef MIM_VIDEO_CODEC_CONFIG_H
#define MIM_VIDEO_CODEC_CONFIG_H

#include <libavcodec/avcodec.h>

enum video_support { VIDEO_SUPPORT_PIXELS, VIDEO_SUPPORT_SAMPLES, VIDEO_SUPPORT_RATES, VIDEO_SUPPORT_LAYOUTS };

/* A list that ends as FFmpeg ends lists of its kind. NULL: the encoder accepts anything. */
const void *video_codec_supports(const AVCodec *codec, enum video_support what);
/* The supported sample rate that is nearest to `wanted`. */
int video_codec_nearest_rate(const AVCodec *codec, int wanted);
/* The supported layout that is nearest to `wanted`. Returns 0 or FFmpeg's code. */
int video_codec_nearest_layout(const AVCodec *codec, const AVChannelLayout *wanted, AVChannelLayout *layout);

#endif
