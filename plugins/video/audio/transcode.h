/* SPDX-License-Identifier: MIT */
/* Sound in another codec. */
#ifndef MIM_VIDEO_TRANSCODE_H
#define MIM_VIDEO_TRANSCODE_H

#include <libavcodec/avcodec.h>
#include <libavformat/avformat.h>

#include <mim/plugin.h>

#include "ffmpeg/log.h"

struct video_transcoder;

/* audio-code.c: another codec. Packets in, packets out, both in their own times; silence is never made up. */
int32_t video_transcoder_open(struct mim_job *job, struct video_transcoder **transcoder, const AVStream *from,
                              const AVCodec *codec, const AVOutputFormat *format, struct video_log *log);
const AVCodecContext *video_transcoder_context(const struct video_transcoder *transcoder);
/* NULL: there was the last. `start`: what is before is cut off, and is time 0; in AV_TIME_BASE. */
int32_t video_transcoder_send(struct mim_job *job, struct video_transcoder *transcoder, const AVPacket *packet,
                              int64_t start);
/* MIM_END: it needs more, or has no more. */
int32_t video_transcoder_receive(struct mim_job *job, struct video_transcoder *transcoder, AVPacket *packet);
void video_transcoder_close(struct video_transcoder *transcoder);

#endif
