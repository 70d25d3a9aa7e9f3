/* SPDX-License-Identifier: MIT */
/* Detects files that end before their container does. */
#ifndef MIM_VIDEO_TRUNCATION_H
#define MIM_VIDEO_TRUNCATION_H

#include <stdbool.h>

#include <libavformat/avformat.h>

#include <mim/plugin.h>

/* Does the container declare an end beyond that of the file? `demuxer` is FFmpeg's full name. `stream` is NULL when the
 * container cannot be opened: the index of an MP4 may come last. False where the format declares no end. */
bool video_is_truncated(const char *demuxer, AVStream *stream, struct mim_job *job);
int32_t video_fail_truncated(struct mim_job *job);

#endif
