/* SPDX-License-Identifier: MIT */
/* Does a file end before its container says? */
#ifndef MIM_VIDEO_TRUNCATION_H
#define MIM_VIDEO_TRUNCATION_H

#include <stdbool.h>

#include <libavformat/avformat.h>

#include <mim/plugin.h>

/* Asked at the end of a pass, or with `stream` NULL when it cannot even begin: the index of an MP4 may come last. What no
 * container says (transport streams, bare streams) cannot be known. `demuxer` is FFmpeg's full name of it. */
bool video_is_truncated(const char *demuxer, AVStream *stream, struct mim_job *job);
int32_t video_fail_truncated(struct mim_job *job);

#endif
