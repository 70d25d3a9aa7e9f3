/* SPDX-License-Identifier: MIT */
/* How regular frames are: what a header says of the rate is settled when some have been seen. */
#ifndef MIM_VIDEO_WRITE_PACE_H
#define MIM_VIDEO_WRITE_PACE_H

#include <stdbool.h>
#include <stdint.h>

#include <libavutil/rational.h>

enum { VIDEO_PACE_MOST = 33 };

struct video_pace {
    int64_t starts[VIDEO_PACE_MOST]; /* in ticks, rising */
    unsigned count;
};

void video_pace_note(struct video_pace *pace, int64_t start);
/* Frames a second when so many last `span` ticks: a usual rate, if one fits to a tick, else the mean. */
AVRational video_pace_rate(int64_t frames, int64_t span, AVRational tick);
/* Are the frames alike, but for the rounding to ticks? `rate` gets frames a second; `alone` when there is but one. */
bool video_pace_is_regular(const struct video_pace *pace, AVRational tick, AVRational alone, AVRational *rate);
/* The longest span that all starts are multiples of, if it is no finer than a player's clock. */
AVRational video_pace_grid(const struct video_pace *pace, AVRational tick);

#endif
