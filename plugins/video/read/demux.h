/* SPDX-License-Identifier: MIT */
/* One pass over the container: the packets of the chosen video stream, numbered. */
#ifndef MIM_VIDEO_DEMUX_H
#define MIM_VIDEO_DEMUX_H

#include <stdbool.h>

#include <libavformat/avformat.h>

#include <mim/plugin.h>

#include "ffmpeg/containers.h"
#include "ffmpeg/input.h"
#include "ffmpeg/log.h"
#include "read/index.h"

/* What is to be opened: the same for every pass. */
struct video_demux_setup {
    const struct video_container *container;
    struct video_log *log;
    int64_t stream; /* number in the file; < 0: as the ffmpeg command chooses */
};

struct video_demux {
    struct mim_job *job;
    const struct video_demux_setup *setup;
    struct video_input input;
    AVFormatContext *format;
    AVStream *stream;
    uint64_t next; /* the unit that comes next */
    bool is_lost;  /* a packet is not the unit that it should be */
};

/* It keeps its address until it is closed; close follows also a failed open. */
int32_t video_demux_open(struct video_demux *demux, struct mim_job *job, const struct video_demux_setup *setup);
/* The next packet, noted in the index; MIM_END after the last, with how it ended in the index. */
int32_t video_demux_next(struct video_demux *demux, struct video_index *index, AVPacket *packet);
/* Read unit `number` of a known index into `packet`: by seeking if possible, else from the start. */
int32_t video_demux_seek(struct video_demux *demux, struct video_index *index, uint64_t number, AVPacket *packet);
void video_demux_close(struct video_demux *demux);

#endif
