/* SPDX-License-Identifier: MIT */
/* Converts sound to another codec. */
#ifndef MIM_VIDEO_TRANSCODE_H
#define MIM_VIDEO_TRANSCODE_H

#include <libavcodec/avcodec.h>
#include <libavformat/avformat.h>

#include <mim/plugin.h>

#include "ffmpeg/log.h"

struct video_transcoder;

/* Packets go in with times of the source and come out with times of the video. Gaps are not filled with silence. */
int32_t video_transcoder_open(struct mim_job *job, struct video_transcoder **transcoder, const AVStream *from,
                              const AVCodec *codec, const AVOutputFormat *format, struct video_log *log);
const AVCodecContext *video_transcoder_context(const struct video_transcoder *transcoder);
/* Add a packet; NULL ends the sound. `start` becomes time 0, in AV_TIME_BASE; earlier sound is dropped. */
int32_t video_transcoder_send(struct mim_job *job, struct video_transcoder *transcoder, const AVPacket *packet,
                              int64_t start);
/* Returns MIM_END when it needs another packet, or after the last. */
int32_t video_transcoder_receive(struct mim_job *job, struct video_transcoder *transcoder, AVPacket *packet);
void video_transcoder_close(struct video_transcoder *transcoder);

#endif
