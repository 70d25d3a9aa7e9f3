/* SPDX-License-Identifier: MIT */
/*
 * What FFmpeg logs. Its callback is one per process: where the process is ours (our command, later our worker) it is
 * set once, and lines go to the job whose context they come from; lines of other contexts are dropped. In an
 * application nothing is set.
 */
#ifndef MIM_VIDEO_LOG_H
#define MIM_VIDEO_LOG_H

#include <libavformat/avformat.h>

#include <mim/plugin.h>

/* Where lines of one job go. An AVFormatContext and an AVCodecContext point to it by their `opaque`. */
struct video_log {
    struct mim_job *job;
};

/* Put our callback in place if the host allows it. Any number of calls. */
void video_log_open(struct video_log *log, struct mim_job *job);
/* Lines of a (de)muxer go to `log` where they come to us; else it keeps quiet. Right after it was allocated. */
void video_log_attach(struct video_log *log, AVFormatContext *format);
/* For AVCodecContext.log_level_offset: 0 where lines come to us, else so high that the codec keeps quiet. */
int video_log_offset(struct mim_job *job);

#endif
