/* SPDX-License-Identifier: MIT */
/* The sink of a job as FFmpeg's output. */
#ifndef MIM_VIDEO_OUTPUT_H
#define MIM_VIDEO_OUTPUT_H

#include <stdbool.h>

#include <libavformat/avformat.h>

#include <mim/plugin.h>

struct video_output {
    struct mim_job *job;
    int64_t position;
};

/* Returns NULL without memory. `seeks`: the sink can be patched. The output must not move until the I/O is freed. */
AVIOContext *video_output_open(struct video_output *output, struct mim_job *job, bool seeks);
void video_output_free(AVIOContext **io);
/* AVFormatContext.io_open of a muxer: opens its own output for reading back, and nothing else. */
int video_output_read_back(AVFormatContext *context, AVIOContext **io, const char *url, int flags,
                           AVDictionary **options);
int video_output_close(AVFormatContext *context, AVIOContext *io);

#endif
