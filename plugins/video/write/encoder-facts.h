/* SPDX-License-Identifier: MIT */
/* What is known of each encoder. */
#ifndef MIM_VIDEO_ENCODER_FACTS_H
#define MIM_VIDEO_ENCODER_FACTS_H

#include <stdbool.h>

#include <libavcodec/avcodec.h>

/* How an encoder is told how good pictures shall be. */
enum video_rating { VIDEO_RATE_QSCALE, VIDEO_RATE_CRF, VIDEO_RATE_UP, VIDEO_RATE_BITS, VIDEO_RATE_LOSSLESS };

struct video_encoder_facts {
    const char *name;
    const AVCodec *codec;
    enum video_rating rate;
    bool takes_ticks;           /* times of any base; others count frames */
    bool has_rates;             /* only those of MPEG */
    bool has_fractions;         /* and simple fractions of them */
    bool has_no_gray;           /* though it says so: what comes back is not what went in */
    const char *required;       /* that it needs to behave, as KEY=VALUE:KEY=VALUE, or NULL */
    const char *required_small; /* instead, for pictures that are a few pixels wide or high */
    const char *params; /* an option of the encoder's that the settings are added to, after the caller's; or NULL */
    const char *presets, *tunes,
        *profiles; /* to choose from, when the encoder checks them too late to say so, or prints by itself */
};

void video_encoder_learn(const AVCodec *codec, struct video_encoder_facts *facts);

#endif
