/* SPDX-License-Identifier: MIT */
/* How regular frames are: what a header says of the rate is settled when some have been seen. */
#ifndef MIM_VIDEO_CADENCE_H
#define MIM_VIDEO_CADENCE_H

#include <stdbool.h>
#include <stdint.h>

#include <libavutil/rational.h>

enum { VIDEO_CADENCE_MAX = 33 };

struct video_cadence {
    int64_t starts[VIDEO_CADENCE_MAX]; /* in ticks, rising */
    unsigned count;
};

void video_cadence_note(struct video_cadence *cadence, int64_t start);
/* Frames a second when so many last `span` ticks: a usual rate, if one fits to a tick, else the mean. */
AVRational video_cadence_rate(int64_t frames, int64_t span, AVRational tick);
/* Are the frames alike, but for the rounding to ticks? `rate` gets frames a second; `alone` when there is but one. */
bool video_cadence_is_regular(const struct video_cadence *cadence, AVRational tick, AVRational alone, AVRational *rate);
/* The longest span that all starts are multiples of, if it is no finer than a player's clock. */
AVRational video_cadence_grid(const struct video_cadence *cadence, AVRational tick);

#endif
