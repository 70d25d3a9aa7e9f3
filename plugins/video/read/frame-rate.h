/* SPDX-License-Identifier: MIT */
/* The option fps: pictures at even times, repeated and left out as FFmpeg's filter `fps` does. */
#ifndef MIM_VIDEO_RATE_H
#define MIM_VIDEO_RATE_H

#include "read/cursor.h"

struct video_rate {
    AVRational fps;       /* den 0: pictures come as they are */
    uint64_t frame, shot; /* the last frame asked for shows this picture */
};

/* Which picture does frame `number` show? Ends and errors as video_walk_to(). */
int32_t video_rate_find(struct video_rate *rate, struct video_walk *walk, uint64_t number, uint64_t *shot);
/* Of frame 0, in frames since the file's start. A picture must be known. */
int64_t video_rate_first(const struct video_rate *rate, const struct video_walk *walk);
/* Frames of all pictures, when these are known. */
uint64_t video_rate_count(const struct video_rate *rate, const struct video_walk *walk);

#endif
