/* SPDX-License-Identifier: MIT */
/* The sink as FFmpeg writes it. */
#ifndef MIM_VIDEO_OUTPUT_H
#define MIM_VIDEO_OUTPUT_H

#include <stdbool.h>

#include <libavformat/avformat.h>

#include <mim/plugin.h>

struct video_output {
    struct mim_job *job;
    int64_t position;
};

/* NULL: no memory. `seeks`: the sink can be patched. The output keeps its address until the I/O is freed. */
AVIOContext *video_output_open(struct video_output *output, struct mim_job *job, bool seeks);
void video_output_free(AVIOContext **io);
/* For AVFormatContext.io_open: the muxer reads back what it wrote; nothing else can be opened. */
int video_output_read_back(AVFormatContext *context, AVIOContext **io, const char *url, int flags,
                           AVDictionary **options);
int video_output_close(AVFormatContext *context, AVIOContext *io);

#endif
