/* SPDX-License-Identifier: MIT */
/* When each frame is shown: in ticks of the file's time base, strictly increasing from 0. */
#ifndef MIM_VIDEO_FRAME_TIMING_H
#define MIM_VIDEO_FRAME_TIMING_H

#include <stdbool.h>

#include <libavutil/rational.h>

#include <mim/plugin.h>

struct video_frame_timing {
    AVRational tick;            /* seconds */
    AVRational rate;            /* frames per second: exact for a constant rate, else of the first frame */
    int64_t time_num, time_den; /* seconds per tick of the sequence */
    int64_t nominal;            /* ticks of a frame without a duration */
    int64_t first;              /* pts of the first frame, which is shown at 0 */
    int64_t due;                /* expected time of the next frame, in the sequence's ticks after the first */
    int64_t last;               /* start of the latest frame */
    int64_t first_duration;     /* in the sequence's ticks, if all frames must last equally long; else 0 */
    bool is_even;               /* every frame lasts one tick */
    bool is_requested;          /* by the option fps */
    bool replaces;              /* fps differs from the source's timing */
    bool has_reported_move;
};

struct video_time {
    int64_t start, duration;
};

/* `fps` den 0: use the sequence's timing, or 10 if it has none. `evenly`: every frame lasts as long as the first. Returns
 * MIM_OPTION for an invalid fps. */
int32_t video_frame_timing_start(struct mim_job *job, struct video_frame_timing *timing, struct mim_rational fps,
                                 const struct mim_sequence *sequence, bool evenly);
/* Call for every frame in order. The first frame that has to move is a notice. */
int32_t video_frame_timing_next(struct mim_job *job, struct video_frame_timing *timing, uint64_t index,
                                const struct mim_frame_info *info, struct video_time *time);

/* For containers with a grid: the first frame that is not at a multiple of `grid` is a notice. */
int32_t video_frame_timing_check_grid(struct mim_job *job, struct video_frame_timing *timing, int64_t start,
                                      AVRational grid);
/* For containers without timestamps: the first frame whose duration differs from the first frame's is a notice. */
int32_t video_frame_timing_check_even(struct mim_job *job, struct video_frame_timing *timing, int64_t duration);

#endif
