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
    { "libx264", .pictures = 100, .thread_pictures = 7, .takes_ticks = true, X264_WORDS },
    { "libx264rgb", .pictures = 100, .thread_pictures = 7, .takes_ticks = true, X264_WORDS },
    /* It logs to stderr, and its lookahead overruns the memory of pictures that are one block wide. Its note of the
     * settings names features of the processor, and by default it starts a thread for each processor. */
    { "libx265", .pictures = 100, .thread_pictures = 8, .required = "log-level=none",
      .required_small = "log-level=none:cutree=0", .params = "x265-params",
      .preset_params = "info=0:pools=", .presets = X264_PRESETS },
    { "libvpx", .pictures = 30, .takes_ticks = true, .threading = VIDEO_THREADS_ONE, .required_alpha = "auto-alt-ref=0" },
    { "libvpx-vp9", .pictures = 90, .thread_pictures = 4, .takes_ticks = true, .threading = VIDEO_THREADS_SEVERAL,
      .required = "row-mt=1" },
    { "libaom-av1", .pictures = 150, .thread_pictures = 8, .takes_ticks = true },
    { "libsvtav1", .pictures = 130, .thread_pictures = 8 },
    { "librav1e", .pictures = 400, .threading = VIDEO_THREADS_ANY },
    { "libopenh264", .rate = VIDEO_RATE_BITS },
    { "libtheora", .rate = VIDEO_RATE_UP },
    { "mpeg1video", .has_rates = true },
    { "mpeg2video", .has_rates = true, .has_fractions = true },
    { "ffv1", .pictures = 60, .required = "level=3", .required_small = "level=1:slices=1",
      .threading = VIDEO_THREADS_ANY },
    { "huffyuv", .threading = VIDEO_THREADS_ANY },
    { "ffvhuff", .threading = VIDEO_THREADS_ANY },
    { "utvideo", .threading = VIDEO_THREADS_ANY },
    { "png", .threading = VIDEO_THREADS_ANY },
    { "prores_ks", .threading = VIDEO_THREADS_ANY },
    { "qtrle", .has_no_gray = true },
    { "hap", .required_alpha = "format=hap_alpha" },
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

/* Two threads for small pictures, 5 for 1920x1080, 8 for 3840x2160. */
int
video_encoder_threads(const struct video_encoder_facts *facts, int width, int height, uint32_t available)
{
    enum { LEAST = 2, MOST = 8, PIXELS_PER_THREAD = 1 << 19 };
    int64_t by_size = LEAST + (int64_t)width * height / PIXELS_PER_THREAD;
    switch (facts->threading) {
    case VIDEO_THREADS_ANY:
        return (int)available;
    case VIDEO_THREADS_SEVERAL:
        return available > LEAST ? (int)available : LEAST;
    case VIDEO_THREADS_ONE:
        return 1;
    default:
        return by_size < MOST ? (int)by_size : MOST;
    }
}
