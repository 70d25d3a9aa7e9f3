/* SPDX-License-Identifier: MIT */
/* A position among the pictures: seeks to any picture, and steps to the next one without seeking. */
#ifndef MIM_VIDEO_CURSOR_H
#define MIM_VIDEO_CURSOR_H

#include "read/scan.h"
#include "read/shared-picture.h"

struct video_cursor {
    struct video_scan scan;
    struct video_decoder decoder;
    struct video_shared_picture *current, *lookahead; /* NULL: none yet */
    uint64_t at;    /* number of `current`; MIM_UNKNOWN: there is none */
    uint64_t next;  /* number of the next picture that the decoder returns */
    uint64_t entry; /* after a seek: number of the packet that the decoder started with */
    bool is_open, has_lookahead;
    bool is_from_start; /* the decoder has returned every picture since the first */
};

/* Open the decoder; the caller has set `setup` and `threads` of the scan. */
int32_t video_cursor_open(struct video_cursor *cursor, struct mim_job *job);
/* Make `current` picture `number`. Past the last picture, returns MIM_END or the error that ended the file early. */
int32_t video_cursor_seek(struct video_cursor *cursor, uint64_t number);
/* The keyframe from which the current picture was decoded; 0: unknown, or the first. */
uint64_t video_cursor_key_picture(const struct video_cursor *cursor);
/* When picture `number` begins and ends. It must be `current`, or the index complete. */
int32_t video_cursor_times(struct video_cursor *cursor, uint64_t number, int64_t *start, int64_t *end);
/* When the last picture ends. The index must be complete. */
int64_t video_cursor_end(const struct video_cursor *cursor);
void video_cursor_close(struct video_cursor *cursor);

#endif
