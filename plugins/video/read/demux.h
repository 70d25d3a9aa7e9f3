/* SPDX-License-Identifier: MIT */
/* One pass over the container: returns the packets of the chosen video stream and numbers them. */
#ifndef MIM_VIDEO_DEMUX_H
#define MIM_VIDEO_DEMUX_H

#include <stdbool.h>

#include <libavformat/avformat.h>

#include <mim/plugin.h>

#include "ffmpeg/containers.h"
#include "ffmpeg/input.h"
#include "ffmpeg/log.h"
#include "read/index.h"

/* The same for every pass over a file. */
struct video_demux_setup {
    const struct video_container *container;
    struct video_log *log;
    int64_t stream; /* number in the file; < 0: the stream that the ffmpeg command chooses */
};

struct video_demux {
    struct mim_job *job;
    const struct video_demux_setup *setup;
    struct video_input input;
    AVFormatContext *format;
    AVStream *stream;
    uint64_t next; /* number of the next packet */
    bool is_lost;  /* a packet differed from the index */
};

/* The demuxer must not move until it is closed. Close it also after a failure. */
int32_t video_demux_open(struct video_demux *demux, struct mim_job *job, const struct video_demux_setup *setup);
/* Read the next packet and add it to the index. Returns MIM_END after the last, and notes in the index how the file
 * ended. */
int32_t video_demux_next(struct video_demux *demux, struct video_index *index, AVPacket *packet);
/* Read packet `number` of a known index: by seeking if possible, else from the start. */
int32_t video_demux_seek(struct video_demux *demux, struct video_index *index, uint64_t number, AVPacket *packet);
/* Fetch the bytes of these packets, which are read next, from a remote source. */
void video_demux_fetch(struct video_demux *demux, const struct video_index *index, uint64_t first, uint64_t last);
void video_demux_close(struct video_demux *demux);

#endif
