/* SPDX-License-Identifier: MIT */
/* Language and title of tracks, which most containers keep only in part. */
#ifndef MIM_VIDEO_TRACK_TAGS_H
#define MIM_VIDEO_TRACK_TAGS_H

#include <mim/plugin.h>

#include "ffmpeg/mux.h"
#include "ffmpeg/targets.h"

/* Copies the tags of a track that the container stores, and reports the others. */
int32_t video_track_tags_copy(const struct video_mux *mux, const struct video_target *target, AVStream *to,
                              const AVDictionary *from);

#endif
