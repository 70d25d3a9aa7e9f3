/* SPDX-License-Identifier: MIT */
/* The source as FFmpeg reads it. */
#ifndef MIM_VIDEO_INPUT_H
#define MIM_VIDEO_INPUT_H

#include <libavformat/avio.h>

#include <mim/plugin.h>

struct video_input {
    struct mim_job *job;
    AVIOContext *io;
    int64_t position;
    int32_t side; /* a side input of the host's; 0: the source */
};

/* MIM_OK or MIM_NOMEM. The input keeps its address until it is closed. */
int32_t video_input_open(struct video_input *input, struct mim_job *job);
void video_input_close(struct video_input *input);

#endif
