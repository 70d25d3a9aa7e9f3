/* SPDX-License-Identifier: MIT */
/*
 * FFmpeg's log. FFmpeg has one callback per process. In a process of mim's own, the plugin installs a callback that
 * passes each line to the job whose context emitted it and drops the others. In an application it installs nothing.
 */
#ifndef MIM_VIDEO_LOG_H
#define MIM_VIDEO_LOG_H

#include <libavformat/avformat.h>

#include <mim/plugin.h>

/* The destination of one job's lines. `opaque` of an AVFormatContext or an AVCodecContext points to it. */
struct video_log {
    struct mim_job *job;
};

/* Install the callback once, if the host allows it. */
void video_log_open(struct video_log *log, struct mim_job *job);
/* Route the lines of a (de)muxer to `log`, or silence it where no callback is installed. Call right after allocation. */
void video_log_attach(struct video_log *log, AVFormatContext *format);
/* The value for AVCodecContext.log_level_offset: 0 with the callback, else high enough to silence the codec. */
int video_log_offset(struct mim_job *job);

#endif
