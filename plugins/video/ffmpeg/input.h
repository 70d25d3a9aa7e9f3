/* SPDX-License-Identifier: MIT */
/* The source of a job as FFmpeg's input. */
#ifndef MIM_VIDEO_INPUT_H
#define MIM_VIDEO_INPUT_H

#include <stdbool.h>

#include <libavformat/avformat.h>

#include <mim/kit/array.h>
#include <mim/plugin.h>

#include "ffmpeg/log.h"

struct video_input {
    struct mim_job *job;
    AVIOContext *io;
    int64_t position;
    int32_t side;  /* number of a side input; 0: the source itself */
    bool is_blank; /* bytes of the source are zeros, and are not read */
    struct mim_scratch fetched; /* bytes of the source */
    uint64_t fetched_at, fetched_size;
};

/* Returns MIM_OK or MIM_NOMEM. The input must not move until it is closed. */
int32_t video_input_open(struct video_input *input, struct mim_job *job);
/* Make `format` read this input and nothing else, stop when the job is cancelled, and log to `log`. */
void video_input_attach(struct video_input *input, AVFormatContext *format, struct video_log *log);
/* Set options for avformat_open_input() that allow only these demuxers and no other file. Returns 0 or FFmpeg's code. */
int video_input_restrict(AVDictionary **options, const char *demuxers);
/* Fetch bytes of a remote source at once, which reading them piece by piece would not do. Does nothing without memory for them. */
void video_input_fetch(struct video_input *input, uint64_t offset, uint64_t size);
void video_input_close(struct video_input *input);

#endif
