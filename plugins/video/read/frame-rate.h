/* SPDX-License-Identifier: MIT */
/* The option fps: duplicates and drops pictures to get a constant rate, exactly as FFmpeg's filter `fps` does. */
#ifndef MIM_VIDEO_FRAME_RATE_H
#define MIM_VIDEO_FRAME_RATE_H

#include "read/cursor.h"

struct video_frame_rate {
    AVRational fps;          /* den 0: not requested */
    uint64_t frame, picture; /* the latest frame shows this picture */
};

/* Find the picture that frame `number` shows. Returns the statuses of video_cursor_seek(). */
int32_t video_frame_rate_find(struct video_frame_rate *rate, struct video_cursor *cursor, uint64_t number,
                              uint64_t *picture);
/* Time of frame 0, in frames since the start of the file. The index must have a picture. */
int64_t video_frame_rate_first(const struct video_frame_rate *rate, const struct video_cursor *cursor);
/* Number of frames. The index must be complete. */
uint64_t video_frame_rate_count(const struct video_frame_rate *rate, const struct video_cursor *cursor);

#endif
