/* SPDX-License-Identifier: MIT */
/* Alpha beside the pictures: of VP8 and VP9 as a second stream in side data of the packets, of HEVC as a second layer. */
#ifndef MIM_VIDEO_ALPHA_H
#define MIM_VIDEO_ALPHA_H

#include <stdbool.h>

#include <libavformat/avformat.h>

/* Does the container state that the stream has such alpha? */
bool video_alpha_is_stated(const AVStream *stream);
/* The decoder of VP8 or VP9 with alpha; NULL if this FFmpeg has none, or for other streams. */
const AVCodec *video_alpha_decoder(const AVStream *stream);
/* Will decoded pictures of the stream have alpha? */
bool video_alpha_is_decoded(const AVStream *stream);
/* Clear the keyframe flag if the alpha picture is not a keyframe too: decoding cannot start there. */
void video_alpha_check_key(AVPacket *packet, enum AVCodecID codec);

#endif
