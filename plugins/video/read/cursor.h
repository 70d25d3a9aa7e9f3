/* SPDX-License-Identifier: MIT */
/* Any picture by its number, one after another at the cost of one. */
#ifndef MIM_VIDEO_WALK_H
#define MIM_VIDEO_WALK_H

#include "read/decoder.h"

struct video_walk {
    struct mim_job *job;
    struct video_what what;
    struct video_index index;
    struct video_player player;
    int threads;
    AVFrame *now, *ahead;
    uint64_t at;   /* number of `now`; MIM_UNKNOWN: it is empty */
    uint64_t next; /* number of the picture that the player gives next */
    bool is_open, has_ahead;
    bool is_whole; /* the player gave every picture from the first on */
};

/* The first pass is opened; `what` and `threads` are set. */
int32_t video_walk_open(struct video_walk *walk, struct mim_job *job);
/* `now` becomes picture `number`. MIM_END past the last, or why the file ended before its end. */
int32_t video_walk_to(struct video_walk *walk, uint64_t number);
/* When picture `number` is shown, and when the one after it, or the end: `now` is it, or the index is complete. */
int32_t video_walk_times(struct video_walk *walk, uint64_t number, int64_t *start, int64_t *end);
/* When the last picture ends; all are known. */
int64_t video_walk_end(const struct video_walk *walk);
/* Know all pictures, by timestamps or by decoding. MIM_OK also for a damaged file. */
int32_t video_walk_scan(struct video_walk *walk);
/* How the file ended: MIM_OK, or the error of a damaged one. */
int32_t video_walk_verdict(struct video_walk *walk);
void video_walk_close(struct video_walk *walk);

/* walk-scan.c, for the walk itself: picture `number` came out; all are learned anew; how long one lasts, by its packet or
 * by the stream's rate. */
int32_t video_walk_learn(struct video_walk *walk, const struct video_player *player, uint64_t number,
                         const struct video_picture *picture);
int32_t video_walk_decode_all(struct video_walk *walk);
int64_t video_walk_own_duration(const struct video_index *index, const AVStream *stream, uint64_t number);

#endif
