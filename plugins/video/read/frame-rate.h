/* SPDX-License-Identifier: MIT */
/* The option fps: pictures at even times, repeated and left out as FFmpeg's filter `fps` does. */
#ifndef MIM_VIDEO_FRAME_RATE_H
#define MIM_VIDEO_FRAME_RATE_H

#include "read/cursor.h"

struct video_frame_rate {
    AVRational fps;          /* den 0: pictures come as they are */
    uint64_t frame, picture; /* the last frame asked for shows this picture */
};

/* Which picture does frame `number` show? Ends and errors as video_cursor_seek(). */
int32_t video_frame_rate_find(struct video_frame_rate *rate, struct video_cursor *cursor, uint64_t number,
                              uint64_t *picture);
/* Of frame 0, in frames since the file's start. A picture must be known. */
int64_t video_frame_rate_first(const struct video_frame_rate *rate, const struct video_cursor *cursor);
/* Frames of all pictures, when these are known. */
uint64_t video_frame_rate_count(const struct video_frame_rate *rate, const struct video_cursor *cursor);

#endif
