/* SPDX-License-Identifier: MIT */
/* FFmpeg's error codes as statuses, with FFmpeg's own text. */
#ifndef MIM_VIDEO_AVERROR_H
#define MIM_VIDEO_AVERROR_H

#include <mim/plugin.h>

/* The status that a negative code of FFmpeg comes to. */
int32_t video_status(int code);
/* Set the error of the op: "`what`: FFmpeg's text"; gives the code's status.
 * A host call that failed before has the word. */
int32_t video_fail(struct mim_job *job, int code, const char *what);

#endif
