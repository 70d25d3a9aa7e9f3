/* SPDX-License-Identifier: MIT */
/* Chapters of the sources in the written video. */
#ifndef MIM_VIDEO_CHAPTERS_H
#define MIM_VIDEO_CHAPTERS_H

#include "streams/feed.h"

/* Give the muxer the chapters that the timeline shows, before the trailer. Returns 0 or FFmpeg's code. */
int video_chapters_write(const struct video_feed *feed);

#endif
