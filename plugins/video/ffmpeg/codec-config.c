/* SPDX-License-Identifier: MIT */
/* Reads the lists that a codec publishes, in every supported version of FFmpeg. */
#include "ffmpeg/codec-config.h"

const void *
video_codec_supports(const AVCodec *codec, enum video_support what)
{
#if LIBAVCODEC_VERSION_INT >= AV_VERSION_INT(61, 13, 100)
    static const enum AVCodecConfig kinds[] = {
        [VIDEO_SUPPORT_PIXELS] = AV_CODEC_CONFIG_PIX_FORMAT,
        [VIDEO_SUPPORT_SAMPLES] = AV_CODEC_CONFIG_SAMPLE_FORMAT,
        [VIDEO_SUPPORT_RATES] = AV_CODEC_CONFIG_SAMPLE_RATE,
        [VIDEO_SUPPORT_LAYOUTS] = AV_CODEC_CONFIG_CHANNEL_LAYOUT,
    };
    const void *list = NULL;
    avcodec_get_supported_config(NULL, codec, kinds[what], 0, &list, NULL);
    return list;
#else
    const void *const lists[] = {
        [VIDEO_SUPPORT_PIXELS] = codec->pix_fmts,
        [VIDEO_SUPPORT_SAMPLES] = codec->sample_fmts,
        [VIDEO_SUPPORT_RATES] = codec->supported_samplerates,
        [VIDEO_SUPPORT_LAYOUTS] = codec->ch_layouts,
    };
    return lists[what];
#endif
}
