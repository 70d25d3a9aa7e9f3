/* SPDX-License-Identifier: MIT */
/* The time base and the rate of a file, and the frame times that its container cannot store. */
#ifndef MIM_VIDEO_FRAME_TIMING_H
#define MIM_VIDEO_FRAME_TIMING_H

#include <stdbool.h>

#include <libavcodec/packet.h>

#include <mim/plugin.h>

struct video_frame_timing {
    AVRational tick;   /* seconds */
    AVRational rate;   /* frames per second: exact for a constant rate, else of the first frame */
    bool is_even;      /* every frame lasts one tick */
    bool is_requested; /* by the option fps */
    bool has_reported_move, has_reported_drop;
    AVRational even_rate; /* that rounded times mean; num 0: times stay as they are */
    AVRational fine_tick; /* whole in milliseconds and in frames of even_rate */
};

struct video_time {
    int64_t start, duration;
};

void video_frame_timing_start(struct video_frame_timing *timing, const struct mim_sequence *sequence);

/* For containers with a grid: the first frame that is not at a multiple of `grid` is a notice. */
int32_t video_frame_timing_check_grid(struct mim_job *job, struct video_frame_timing *timing, int64_t start,
                                      AVRational grid);

/* Does a frame last until the next place on the grid? */
bool video_frame_timing_has_place(const struct video_frame_timing *timing, const struct video_time *time,
                                  AVRational grid);
/* The first frame that does not is a notice. */
int32_t video_frame_timing_report_drop(struct mim_job *job, struct video_frame_timing *timing);

/* Are times rounded to milliseconds, as in Matroska? */
bool video_frame_timing_is_rounded(const struct video_frame_timing *timing);
/* Straighten rounded times to those of a rate, in fine_tick. false: times stay as they are. */
bool video_frame_timing_set_rate(struct video_frame_timing *timing, AVRational rate);
/* Convert the times of a packet from `tick` to those of the rate where they differ by at most `tick`. */
void video_frame_timing_straighten(const struct video_frame_timing *timing, AVPacket *packet);
/* The time base of straightened packets. */
AVRational video_frame_timing_tick(const struct video_frame_timing *timing);

#endif
