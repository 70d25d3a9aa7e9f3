/* SPDX-License-Identifier: MIT */
/* Which time of which source each part of a written video shows. Times are in microseconds. */
#ifndef MIM_VIDEO_TIMELINE_H
#define MIM_VIDEO_TIMELINE_H

#include <stdbool.h>

#include <mim/plugin.h>

struct video_segment {
    uint32_t source;  /* its number, from 1; 0: unknown */
    bool has_time;    /* false: `from` is unknown, because the source has no times or others than are shown */
    int64_t from;     /* in the source */
    int64_t at, end;  /* in the written video; that of the last segment grows */
    uint64_t frames;
};

/* Zeroed: empty. */
struct video_timeline {
    struct video_segment *segments;
    uint64_t count, capacity;
    bool is_disordered; /* frames of a source do not come in its order or speed */
};

/* Add a frame that is shown from `start` to `end`. Returns MIM_OK or MIM_NOMEM. */
int32_t video_timeline_add(struct video_timeline *timeline, struct mim_job *job, const struct mim_origin *origin,
                           int64_t start, int64_t end);
void video_timeline_close(struct video_timeline *timeline, struct mim_job *job);

#endif
