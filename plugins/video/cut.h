/* SPDX-License-Identifier: MIT */
/* Does a file end before its container says? */
#ifndef MIM_VIDEO_CUT_H
#define MIM_VIDEO_CUT_H

#include <stdbool.h>

#include <libavformat/avformat.h>

#include <mim/plugin.h>

/* Asked at the end of a pass. What no container says (transport streams, bare streams) cannot be known. */
bool video_is_cut(AVFormatContext *format, AVStream *stream, struct mim_job *job);

#endif
