/* SPDX-License-Identifier: MIT */
/* The container: packets into the sink, by FFmpeg's muxer. */
#ifndef MIM_VIDEO_MUX_H
#define MIM_VIDEO_MUX_H

#include <libavformat/avformat.h>

#include "ffmpeg/log.h"
#include "ffmpeg/output.h"
#include "ffmpeg/targets.h"

#include <mim/plugin.h>

struct video_mux {
    struct mim_job *job;
    AVFormatContext *context;
    const char *name;
    struct video_output output;
    bool has_header;
    int64_t last_dts[2]; /* of each stream */
};

/* `seeks`: the sink can be patched. `log` goes to the context's opaque. */
int32_t video_mux_open(struct mim_job *job, struct video_mux *mux, const struct video_container *container, bool seeks,
                       struct video_log *log);
/* A stream like `parameters`, whose packets have times in ticks of `base`. NULL: the op has failed. */
AVStream *video_mux_add(struct video_mux *mux, const AVCodecParameters *parameters, AVRational base);
/* Options of the muxer: ours, then the caller's. */
int32_t video_mux_set_up(struct video_mux *mux, const struct video_target *target, const struct mim_pairs *options);
/* All streams are there: write the header. */
int32_t video_mux_start(struct video_mux *mux, const AVDictionary *tags);
/* Times in ticks of `base`. The packet is taken over, also on failure. */
int32_t video_mux_put(struct video_mux *mux, AVPacket *packet, const AVStream *stream, AVRational base);
int32_t video_mux_finish(struct video_mux *mux);
void video_mux_close(struct video_mux *mux);

#endif
