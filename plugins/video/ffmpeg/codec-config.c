/* SPDX-License-Identifier: MIT */
/* Reads the lists that a codec publishes, in every supported version of FFmpeg. */
#include "ffmpeg/codec-config.h"

#include <stdbool.h>
#include <stdlib.h>

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

int
video_codec_nearest_rate(const AVCodec *codec, int wanted)
{
    const int *rates = video_codec_supports(codec, VIDEO_SUPPORT_RATES);
    int best = 0;
    for (; rates && *rates; rates++)
        if (!best || abs(*rates - wanted) < abs(best - wanted))
            best = *rates;
    return best ? best : wanted;
}

/* Opus and Vorbis place the channels of each number as Vorbis I does, in section 4.3.9, and libopus refuses others. */
static const AVChannelLayout *
layouts_of(const AVCodec *codec)
{
    static const AVChannelLayout layouts[] = {
        AV_CHANNEL_LAYOUT_MONO,         AV_CHANNEL_LAYOUT_STEREO,       AV_CHANNEL_LAYOUT_SURROUND,
        AV_CHANNEL_LAYOUT_QUAD,         AV_CHANNEL_LAYOUT_5POINT0_BACK, AV_CHANNEL_LAYOUT_5POINT1_BACK,
        AV_CHANNEL_LAYOUT_6POINT1,      AV_CHANNEL_LAYOUT_7POINT1,      { 0 },
    };
    bool is_placed = codec->id == AV_CODEC_ID_OPUS || codec->id == AV_CODEC_ID_VORBIS;
    const AVChannelLayout *published = video_codec_supports(codec, VIDEO_SUPPORT_LAYOUTS);
    return published || !is_placed ? published : layouts;
}

int
video_codec_nearest_layout(const AVCodec *codec, const AVChannelLayout *wanted, AVChannelLayout *layout)
{
    const AVChannelLayout *layouts = layouts_of(codec), *best = layouts;
    for (; layouts && layouts->nb_channels; layouts++) {
        if (!av_channel_layout_compare(layouts, wanted))
            best = layouts;
        else if (av_channel_layout_compare(best, wanted) && layouts->nb_channels > best->nb_channels &&
                 layouts->nb_channels <= wanted->nb_channels)
            best = layouts;
    }
    return av_channel_layout_copy(layout, best ? best : wanted);
}
