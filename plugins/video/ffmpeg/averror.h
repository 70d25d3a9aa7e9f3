/* SPDX-License-Identifier: MIT */
/* FFmpeg's error codes as statuses, with FFmpeg's own text. */
#ifndef MIM_VIDEO_AVERROR_H
#define MIM_VIDEO_AVERROR_H

#include <mim/plugin.h>

/* Map a negative FFmpeg code to a status. */
int32_t video_status(int code);
/* Fail the op with "`what`: FFmpeg's text" and return the status of `code`. An error that a host call set before
 * takes precedence. */
int32_t video_fail(struct mim_job *job, int code, const char *what);

#endif
