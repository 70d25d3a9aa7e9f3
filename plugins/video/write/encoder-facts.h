/* SPDX-License-Identifier: MIT */
/* Facts about encoders that FFmpeg does not report. */
#ifndef MIM_VIDEO_ENCODER_FACTS_H
#define MIM_VIDEO_ENCODER_FACTS_H

#include <stdbool.h>

#include <libavcodec/avcodec.h>

/* How to set the quality of an encoder. */
enum video_rating { VIDEO_RATE_QSCALE, VIDEO_RATE_CRF, VIDEO_RATE_UP, VIDEO_RATE_BITS, VIDEO_RATE_LOSSLESS };

struct video_encoder_facts {
    const char *name;
    const AVCodec *codec;
    enum video_rating rate;
    bool takes_ticks;           /* accepts times of any base; others count frames */
    bool has_rates;             /* supports only the rates of MPEG */
    bool has_fractions;         /* and simple fractions of them */
    bool has_no_gray;           /* lists gray, but does not decode to the same samples */
    const char *required;       /* options that it needs, as KEY=VALUE:KEY=VALUE, or NULL */
    const char *required_small; /* the same for pictures of a few pixels; NULL: `required` */
    const char *params;         /* option to which the required ones are appended, after the caller's; or NULL */
    const char *presets, *tunes, *profiles; /* valid values, if the encoder reports invalid ones late or on stderr */
};

void video_encoder_learn(const AVCodec *codec, struct video_encoder_facts *facts);

#endif
