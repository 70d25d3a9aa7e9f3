/* SPDX-License-Identifier: MIT */
/* When each frame is shown: ticks of the file's time base, from 0 on, strictly rising. */
#ifndef MIM_VIDEO_FRAME_TIMING_H
#define MIM_VIDEO_FRAME_TIMING_H

#include <stdbool.h>

#include <libavutil/rational.h>

#include <mim/plugin.h>

struct video_frame_timing {
    AVRational tick;            /* seconds */
    AVRational rate;            /* frames a second: exact when they are alike, else the first frame's */
    int64_t time_num, time_den; /* seconds of the sequence's ticks */
    int64_t nominal;            /* ticks of a frame that does not say */
    int64_t first;              /* pts of the first frame, which is shown at 0 */
    int64_t due;                /* of the coming frame, in the sequence's ticks after the first */
    int64_t last;               /* start of the latest */
    int64_t first_duration;     /* in the sequence's ticks, where all are to last as long; else 0 */
    bool is_even;               /* every frame lasts a tick */
    bool is_requested;          /* the caller gave fps */
    bool replaces;              /* and it is not what the source says */
    bool has_reported_move;     /* it was said that frames are not where they were */
};

struct video_time {
    int64_t start, duration;
};

/* `fps` den 0: the sequence's timing, else 10. `evenly`: every frame lasts as long as the first. OPTION: no such fps. */
int32_t video_frame_timing_start(struct mim_job *job, struct video_frame_timing *timing, struct mim_rational fps,
                                 const struct mim_sequence *sequence, bool evenly);
/* In order, for every frame. A frame that had to move is a notice, once. */
int32_t video_frame_timing_next(struct mim_job *job, struct video_frame_timing *timing, uint64_t index,
                                const struct mim_frame_info *info, struct video_time *time);

/* Frames of a container with ticks of its own: one that is not on a multiple of `grid` is a notice, once. */
int32_t video_frame_timing_check_grid(struct mim_job *job, struct video_frame_timing *timing, int64_t start,
                                      AVRational grid);
/* Of a container that does not say when each frame is shown: one that lasts longer or shorter than the first, likewise. */
int32_t video_frame_timing_check_even(struct mim_job *job, struct video_frame_timing *timing, int64_t duration);

#endif
