/* SPDX-License-Identifier: MIT */
/* The streams of a container: what they hold, and which of them has the frames. */
#ifndef MIM_VIDEO_STREAM_H
#define MIM_VIDEO_STREAM_H

#include <stdbool.h>
#include <stddef.h>

#include <libavformat/avformat.h>

#include <mim/plugin.h>

/* Preference as the stream of the frames, by the choice of the ffmpeg command; 0: not a video. */
int64_t video_stream_score(const AVStream *stream);
/* A MIM_OFFER_*, or 0 for what is not content of its own, such as the titles of chapters. */
int32_t video_stream_kind(const AVFormatContext *format, const AVStream *stream);
/* Describe a stream as a noun phrase: "sound track 2 (aac, 48000 Hz, stereo, deu)". */
void video_stream_describe(const AVStream *stream, int32_t kind, char *text, size_t size);

#endif
