/* SPDX-License-Identifier: MIT */
/* FFmpeg's muxer, which writes packets into the sink. */
#ifndef MIM_VIDEO_MUX_H
#define MIM_VIDEO_MUX_H

#include <libavformat/avformat.h>

#include "ffmpeg/log.h"
#include "ffmpeg/output.h"
#include "ffmpeg/targets.h"

#include <mim/plugin.h>

#define VIDEO_MAX_STREAMS 64

struct video_mux {
    struct mim_job *job;
    AVFormatContext *context;
    const char *name;
    struct video_output output;
    bool has_header;
    int64_t last_dts[VIDEO_MAX_STREAMS]; /* of each stream */
};

/* `seeks`: the sink can be patched. `log` becomes the context's opaque pointer. */
int32_t video_mux_open(struct mim_job *job, struct video_mux *mux, const struct video_container *container, bool seeks,
                       struct video_log *log);
/* Add a stream with `parameters` whose packets have times in ticks of `base`. Returns NULL after failing the op. */
AVStream *video_mux_add(struct video_mux *mux, const AVCodecParameters *parameters, AVRational base);
/* Set the muxer's options: the target's, then the caller's. */
int32_t video_mux_set_up(struct video_mux *mux, const struct video_target *target, const struct mim_pairs *options);
/* Write the header, after all streams were added. */
int32_t video_mux_start(struct video_mux *mux, const AVDictionary *tags);
/* Write a packet with times in ticks of `base`. Consumes the packet, also on failure. */
int32_t video_mux_put(struct video_mux *mux, AVPacket *packet, const AVStream *stream, AVRational base);
int32_t video_mux_finish(struct video_mux *mux);
void video_mux_close(struct video_mux *mux);

#endif
