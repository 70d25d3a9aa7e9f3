/* SPDX-License-Identifier: MIT */
/* Converts sound of one source after another to one stream of another codec, each at its time in the video. */
#ifndef MIM_VIDEO_TRANSCODE_H
#define MIM_VIDEO_TRANSCODE_H

#include <libavcodec/avcodec.h>
#include <libavformat/avformat.h>

#include <mim/plugin.h>

#include "ffmpeg/log.h"

struct video_transcoder;

/* `like`: the sound whose rate and layout the encoder gets, as far as it supports them. Times are in microseconds, those of the
 * encoded packets in ticks of the encoder. */
int32_t video_transcoder_open(struct mim_job *job, struct video_transcoder **transcoder, const AVCodecParameters *like,
                              const AVCodec *codec, const AVOutputFormat *format, struct video_log *log);
const AVCodecContext *video_transcoder_context(const struct video_transcoder *transcoder);
/* The next packets are of this stream, whose `source_time` is shown at `time`. Silence fills gaps, and what is before the end of the
 * sound so far is dropped. */
int32_t video_transcoder_start(struct mim_job *job, struct video_transcoder *transcoder, const AVStream *from,
                               int64_t source_time, int64_t time);
int32_t video_transcoder_send(struct mim_job *job, struct video_transcoder *transcoder, const AVPacket *packet);
/* The stream ends at `time` at the latest; INT64_MAX: with its last packet. */
int32_t video_transcoder_stop(struct mim_job *job, struct video_transcoder *transcoder, int64_t time);
/* Append silence up to `time`. */
int32_t video_transcoder_fill(struct mim_job *job, struct video_transcoder *transcoder, int64_t time);
/* No sound follows. */
void video_transcoder_end(struct video_transcoder *transcoder);
/* Encode sound up to `time`. Returns MIM_END if there is none. */
int32_t video_transcoder_receive(struct mim_job *job, struct video_transcoder *transcoder, int64_t time,
                                 AVPacket *packet);
void video_transcoder_close(struct video_transcoder *transcoder);

#endif
