/* SPDX-License-Identifier: MIT */
/* Facts about encoders that FFmpeg does not report. */
#ifndef MIM_VIDEO_ENCODER_FACTS_H
#define MIM_VIDEO_ENCODER_FACTS_H

#include <stdbool.h>
#include <stdint.h>

#include <libavcodec/avcodec.h>

/* How to set the quality of an encoder. */
enum video_rating { VIDEO_RATE_QSCALE, VIDEO_RATE_CRF, VIDEO_RATE_UP, VIDEO_RATE_BITS, VIDEO_RATE_LOSSLESS };

/* How many threads an encoder gets. The bytes of most encoders depend on the number, which the size therefore sets. */
enum video_threading {
    VIDEO_THREADS_BY_SIZE,
    VIDEO_THREADS_ANY,     /* as many as the job has: the bytes do not depend on them */
    VIDEO_THREADS_SEVERAL, /* the same, but at least two: one thread gives other bytes */
    VIDEO_THREADS_ONE      /* more of them would make the bytes depend on the machine's processors */
};

struct video_encoder_facts {
    const char *name;
    const AVCodec *codec;
    enum video_rating rate;
    enum video_threading threading;
    uint16_t pictures;          /* how many pictures its memory amounts to; 0: a few */
    uint16_t thread_pictures;   /* and how many more for each thread */
    bool takes_ticks;           /* accepts times of any base; others count frames */
    bool has_rates;             /* supports only the rates of MPEG */
    bool has_fractions;         /* and simple fractions of them */
    bool has_no_gray;           /* lists gray, but does not decode to the same samples */
    const char *required;       /* options that it needs, as KEY=VALUE:KEY=VALUE, or NULL */
    const char *required_small; /* the same for pictures of a few pixels; NULL: `required` */
    const char *required_alpha; /* the same for pictures with alpha; NULL: `required` */
    const char *params;         /* option that gets `preset_params`, the caller's values and the required ones; or NULL */
    const char *preset_params;  /* ends before a number of threads */
    const char *presets, *tunes, *profiles; /* valid values, if the encoder reports invalid ones late or on stderr */
};

void video_encoder_learn(const AVCodec *codec, struct video_encoder_facts *facts);
/* The number of threads for pictures of this size in a job with `available` threads. */
int video_encoder_threads(const struct video_encoder_facts *facts, int width, int height, uint32_t available);
#endif
