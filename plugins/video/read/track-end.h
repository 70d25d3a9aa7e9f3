/* SPDX-License-Identifier: MIT */
/* When a track of an MP4 or MOV ends. FFmpeg ends it early where the last picture shown is not the last one coded. */
#ifndef MIM_VIDEO_TRACK_END_H
#define MIM_VIDEO_TRACK_END_H

#include <libavformat/avformat.h>

#include <mim/plugin.h>

/* In ticks of the stream, or AV_NOPTS_VALUE if the headers do not tell. Sets the precision in ticks. */
int64_t video_track_end(struct mim_job *job, const AVStream *stream, int64_t *precision);

#endif
