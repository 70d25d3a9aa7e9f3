/* SPDX-License-Identifier: MIT */
/* Alpha of VP8 and VP9 in Matroska: a second stream of gray pictures, in side data of the packets. */
#ifndef MIM_VIDEO_ALPHA_H
#define MIM_VIDEO_ALPHA_H

#include <stdbool.h>

#include <libavformat/avformat.h>

/* Does the container state that the stream has alpha in side data? */
bool video_alpha_is_stated(const AVStream *stream);
/* The decoder for such a stream; NULL if this FFmpeg has none, or the stream is not such a one. */
const AVCodec *video_alpha_decoder(const AVStream *stream);
/* Will decoded pictures of the stream have alpha? */
bool video_alpha_is_decoded(const AVStream *stream);
/* Clear the keyframe flag if the alpha picture is not a keyframe too: decoding cannot start there. */
void video_alpha_check_key(AVPacket *packet, enum AVCodecID codec);

#endif
