/* SPDX-License-Identifier: MIT */
/* What each container can hold, and its preferred encoders. */
#ifndef MIM_VIDEO_TARGETS_H
#define MIM_VIDEO_TARGETS_H

#include <stdbool.h>

#include <libavcodec/avcodec.h>
#include <libavformat/avformat.h>

#include "ffmpeg/containers.h"

/* How the container stores time. */
enum video_timing {
    VIDEO_TIMING_FREE,  /* a timestamp for each frame */
    VIDEO_TIMING_RATED, /* a timestamp for each frame, and a rate in the header if the rate is constant */
    VIDEO_TIMING_GRID   /* a tick in the header; frame times are multiples of it */
};

/* The languages of tracks that the container stores. */
enum video_languages {
    VIDEO_LANGUAGES_NONE,
    VIDEO_LANGUAGES_CODES,     /* three letters, as of ISO 639-2 */
    VIDEO_LANGUAGES_QUICKTIME, /* some of these */
    VIDEO_LANGUAGES_ANY
};

/* Properties of pictures that a codec or a container states. */
enum {
    VIDEO_STATES_ASPECT = 1, /* of samples */
    VIDEO_STATES_COLOUR = 2, /* transfer and primaries */
    VIDEO_STATES_LIGHT = 4   /* the static metadata of HDR10 */
};

struct video_target {
    const char *encoders;      /* in order of preference, separated by blanks, as all lists of names */
    const char *muxer_options; /* KEY=VALUE:KEY=VALUE, or NULL */
    const char *tags;          /* names of the metadata that it keeps; NULL: none, "*": any */
    const char *merged;        /* keys that it stores in the place of another */
    const char *sounds;        /* encoders for sound that cannot be copied, in order of preference; NULL: no sound */
    const char *texts;         /* encoders for subtitles that cannot be copied, in order of preference; NULL: none */
    const char *others;        /* codecs that it holds although the muxer does not report them */
    const char *refused;       /* codecs that the muxer reports and then fails to write */
    const char *simple_sounds; /* codecs whose sound is mono or stereo, at few rates */
    enum video_timing timing;
    unsigned states;    /* VIDEO_STATES_* */
    enum video_languages languages;
    bool has_track_titles;
    bool holds_alpha;   /* alpha of VP8 and VP9, as a side stream */
    bool has_chapters;
    bool has_many_sounds, has_many_videos; /* more than one track of the kind */
    bool has_attachments;
    bool has_no_delay;  /* sound without timestamps begins with the video */
    bool is_elementary; /* a bare stream: no timing, no sound */
};

extern const struct video_target video_targets[VIDEO_WRITTEN_COUNT];

/* Is `name` in the list `names`, which may be NULL? Ignores case. */
bool video_lists(const char *names, const char *name);
/* Can the container hold this codec, of video or sound? */
bool video_target_holds(const struct video_target *target, const AVOutputFormat *format, enum AVCodecID codec);
/* Can it hold this sound, with its rate and its channels? */
bool video_target_holds_sound(const struct video_target *target, const AVOutputFormat *format,
                              const AVCodecParameters *sound);

/* The properties that the encoder states in its packets: VIDEO_STATES_*. */
unsigned video_encoder_states(const AVCodec *encoder);

/* The first encoder of the list `names` that FFmpeg has and, unless `target` is NULL, the container holds; or NULL. */
const AVCodec *video_first_encoder(const char *names, const struct video_target *target, const AVOutputFormat *format);

/* Encoders that error messages suggest, in order of preference; ends with NULL. */
extern const char *const video_known_encoders[];

#endif
