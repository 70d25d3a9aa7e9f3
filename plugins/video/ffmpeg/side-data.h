/* SPDX-License-Identifier: MIT */
/* Side data of streams, in every version of FFmpeg. */
#ifndef MIM_VIDEO_SIDE_DATA_H
#define MIM_VIDEO_SIDE_DATA_H

#include <stdbool.h>

#include <libavformat/avformat.h>

/* Side data of at least `size` bytes, or NULL. */
const void *video_side_data_get(const AVStream *stream, enum AVPacketSideDataType type, size_t size);
/* Copy side data to the stream. Returns false if out of memory. */
bool video_side_data_add(AVStream *stream, enum AVPacketSideDataType type, const void *data, size_t size);

#endif
