/* SPDX-License-Identifier: MIT */
/* A table of known encoders; derives the facts of others from their descriptions. */
#include "write/encoder-facts.h"

#include <string.h>

#include <libavutil/opt.h>

#define X264_WORDS \
    .presets = X264_PRESETS, .tunes = "film animation grain stillimage psnr ssim fastdecode zerolatency", \
    .profiles = "baseline main high high10 high422 high444"
#define X264_PRESETS "ultrafast superfast veryfast faster fast medium slow slower veryslow placebo"

static const struct video_encoder_facts known[] = {
    { "libx264", .takes_ticks = true, X264_WORDS },
    { "libx264rgb", .takes_ticks = true, X264_WORDS },
    /* it logs to stderr, and its lookahead overruns the memory of pictures that are one block wide */
    { "libx265", .required = "log-level=none", .required_small = "log-level=none:cutree=0", .params = "x265-params",
      .presets = X264_PRESETS },
    { "libvpx", .takes_ticks = true },
    { "libvpx-vp9", .takes_ticks = true, .required = "row-mt=1" },
    { "libaom-av1", .takes_ticks = true },
    { "libopenh264", .rate = VIDEO_RATE_BITS },
    { "libtheora", .rate = VIDEO_RATE_UP },
    { "mpeg1video", .has_rates = true },
    { "mpeg2video", .has_rates = true, .has_fractions = true },
    { "ffv1", .required = "level=3", .required_small = "level=1:slices=1" },
    { "qtrle", .has_no_gray = true },
};

static bool
has_option(const AVCodec *codec, const char *name)
{
    return codec->priv_class &&
           av_opt_find2(&(const AVClass *){ codec->priv_class }, name, NULL, 0, AV_OPT_SEARCH_FAKE_OBJ, NULL);
}

static enum video_rating
rate_of(const AVCodec *codec)
{
    const AVCodecDescriptor *descriptor = avcodec_descriptor_get(codec->id);
    int properties = descriptor ? descriptor->props : 0;

    if (has_option(codec, "crf"))
        return VIDEO_RATE_CRF;
    return properties & AV_CODEC_PROP_LOSSLESS && !(properties & AV_CODEC_PROP_LOSSY) ? VIDEO_RATE_LOSSLESS
                                                                                      : VIDEO_RATE_QSCALE;
}

void
video_encoder_learn(const AVCodec *codec, struct video_encoder_facts *facts)
{
    *facts = (struct video_encoder_facts){ .name = codec->name };
    for (size_t i = 0; i < sizeof known / sizeof *known; i++)
        if (!strcmp(known[i].name, codec->name))
            *facts = known[i];
    if (facts->rate == VIDEO_RATE_QSCALE)
        facts->rate = rate_of(codec);
    facts->codec = codec;
}
