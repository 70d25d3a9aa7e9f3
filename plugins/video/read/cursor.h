/* SPDX-License-Identifier: MIT */
/* Any picture by its number, one after another at the cost of one. */
#ifndef MIM_VIDEO_CURSOR_H
#define MIM_VIDEO_CURSOR_H

#include "read/scan.h"

struct video_cursor {
    struct video_scan scan;
    struct video_decoder decoder;
    AVFrame *current, *lookahead;
    uint64_t at;   /* number of `now`; MIM_UNKNOWN: it is empty */
    uint64_t next; /* number of the picture that the player gives next */
    bool is_open, has_lookahead;
    bool is_from_start; /* the player gave every picture from the first on */
};

/* The first pass is opened; `what` and `threads` are set. */
int32_t video_cursor_open(struct video_cursor *cursor, struct mim_job *job);
/* `now` becomes picture `number`. MIM_END past the last, or why the file ended before its end. */
int32_t video_cursor_seek(struct video_cursor *cursor, uint64_t number);
/* When picture `number` is shown, and when the one after it, or the end: `now` is it, or the index is complete. */
int32_t video_cursor_times(struct video_cursor *cursor, uint64_t number, int64_t *start, int64_t *end);
/* When the last picture ends; all are known. */
int64_t video_cursor_end(const struct video_cursor *cursor);
/* Know all pictures, by timestamps or by decoding. MIM_OK also for a damaged file. */
int32_t video_cursor_scan(struct video_cursor *cursor);
void video_cursor_close(struct video_cursor *cursor);

#endif
