/* SPDX-License-Identifier: MIT */
/* Which streams of the sources become tracks of the written video, and whether they are copied. */
#ifndef MIM_VIDEO_CHOICE_H
#define MIM_VIDEO_CHOICE_H

#include "ffmpeg/targets.h"
#include "streams/feed.h"

struct video_choice {
    struct mim_job *job;
    const struct video_target *target;
    const char *codec; /* the option audio_codec: copy, an encoder or NULL */
    bool wants_sound;  /* of the feed's sources */
    bool is_whole;     /* all frames of a single source */
};

/* Add the tracks of all sources to the feed and to its muxer, which has the video stream. Streams that are left out get a refusal. */
int32_t video_choice_make(const struct video_choice *choice, struct video_feed *feed);

#endif
