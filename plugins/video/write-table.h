/* SPDX-License-Identifier: MIT */
/* What each container can hold, and which encoder is taken for it. */
#ifndef MIM_VIDEO_WRITE_TABLE_H
#define MIM_VIDEO_WRITE_TABLE_H

#include <stdbool.h>

#include "containers.h"

struct video_target {
    const char *encoders;   /* in order of preference: the first that is built in */
    const char *settings;   /* of the muxer, as KEY=VALUE:KEY=VALUE, or NULL */
    const char *keys;       /* metadata that it knows by name, blanks between; NULL: none, "*": any */
    bool on_grid;           /* one frame rate: a frame stands on a multiple of its tick */
    bool holds_alpha;       /* of VP8 and VP9, as a side stream */
    bool is_elementary;     /* a bare stream: no timing, no sound */
};

extern const struct video_target video_targets[VIDEO_FORMAT_COUNT];

/* Encoders worth naming when somebody asks for what there is; NULL at the end. */
extern const char *const video_known_encoders[];

#endif
