/* SPDX-License-Identifier: MIT */
/* Converts subtitles from one text format to another. */
#ifndef MIM_VIDEO_SUBTITLE_CODER_H
#define MIM_VIDEO_SUBTITLE_CODER_H

#include <stdbool.h>

#include <libavcodec/avcodec.h>

#include <mim/plugin.h>

#include "ffmpeg/log.h"

struct video_subtitle_coder {
    AVCodecContext *decoder, *encoder;
};

/* Whether FFmpeg can convert them: both are texts, and it has a decoder and an encoder. */
bool video_subtitle_coder_can(enum AVCodecID from, enum AVCodecID to);
/* Subtitles of `from`, whose packets have times in ticks of `base`. Returns 0 or FFmpeg's code. */
int video_subtitle_coder_open(struct video_subtitle_coder *coder, const AVCodecParameters *from, AVRational base,
                              enum AVCodecID to, struct video_log *log);
/* Replace the contents of the packet, which keeps its times. Leaves it empty if it shows nothing. Returns 0 or FFmpeg's code. */
int video_subtitle_coder_convert(struct video_subtitle_coder *coder, AVPacket *packet);
void video_subtitle_coder_close(struct video_subtitle_coder *coder);

#endif
