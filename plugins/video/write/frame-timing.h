/* SPDX-License-Identifier: MIT */
/* The time base and the rate of a file, and the frame times that its container cannot store. */
#ifndef MIM_VIDEO_FRAME_TIMING_H
#define MIM_VIDEO_FRAME_TIMING_H

#include <stdbool.h>

#include <libavutil/rational.h>

#include <mim/plugin.h>

struct video_frame_timing {
    AVRational tick;   /* seconds */
    AVRational rate;   /* frames per second: exact for a constant rate, else of the first frame */
    bool is_even;      /* every frame lasts one tick */
    bool is_requested; /* by the option fps */
    bool has_reported_move;
};

struct video_time {
    int64_t start, duration;
};

void video_frame_timing_start(struct video_frame_timing *timing, const struct mim_sequence *sequence);

/* For containers with a grid: the first frame that is not at a multiple of `grid` is a notice. */
int32_t video_frame_timing_check_grid(struct mim_job *job, struct video_frame_timing *timing, int64_t start,
                                      AVRational grid);

#endif
