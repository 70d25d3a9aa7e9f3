/* SPDX-License-Identifier: MIT */
/* What each container can hold, and which encoder is taken for it. */
#ifndef MIM_VIDEO_TARGETS_H
#define MIM_VIDEO_TARGETS_H

#include <stdbool.h>

#include <libavcodec/avcodec.h>
#include <libavformat/avformat.h>

#include "ffmpeg/containers.h"

/* What the container says of time. */
enum video_timing {
    VIDEO_TIMING_FREE,  /* of each frame */
    VIDEO_TIMING_LOOSE, /* of some frames: the others last as long as the codec's rate says */
    VIDEO_TIMING_RATED, /* of each frame; the header also says a rate, when there is one */
    VIDEO_TIMING_GRID,  /* the header says a tick, and frames stand on its multiples */
    VIDEO_TIMING_EVEN   /* of none: the codec's rate says how long all of them last */
};

struct video_target {
    const char *encoders;      /* in order of preference: the first that is built in */
    const char *muxer_options; /* of the muxer, as KEY=VALUE:KEY=VALUE, or NULL */
    const char *tags;          /* metadata that it knows by name, blanks between; NULL: none, "*": any */
    const char *sounds;  /* encoders for sound that cannot be copied, in order of preference; NULL: it holds none */
    const char *others;  /* codecs that it holds, where the muxer does not tell */
    const char *refused; /* codecs of which the muxer says that it holds them, and then does not */
    enum video_timing timing;
    bool holds_alpha;   /* of VP8 and VP9, as a side stream */
    bool is_elementary; /* a bare stream: no timing, no sound */
};

extern const struct video_target video_targets[VIDEO_FORMAT_COUNT];

/* Is `name` one of `names`, which have blanks between them? Case does not matter. NULL: there are none. */
bool video_lists(const char *names, const char *name);
/* Of video or sound. */
bool video_target_holds(const struct video_target *target, const AVOutputFormat *format, enum AVCodecID codec);

/* The first of `names` that is built in and, unless `target` is NULL, that the container holds. NULL: there is none. */
const AVCodec *video_first_encoder(const char *names, const struct video_target *target, const AVOutputFormat *format);

/* Encoders worth naming when somebody asks for what there is; NULL at the end. */
extern const char *const video_known_encoders[];

#endif
