/* SPDX-License-Identifier: MIT */
/* How displays show the colours: transfer, primaries, and the static metadata of HDR10. */
#ifndef MIM_VIDEO_COLOUR_H
#define MIM_VIDEO_COLOUR_H

#include <stdbool.h>

#include <libavformat/avformat.h>
#include <libavutil/frame.h>

#include <mim/plugin.h>

/* Does the transfer exceed the range of ordinary displays? */
bool video_colour_is_hdr(const AVStream *stream);
/* Report what the stream states; `first` is its first picture, or NULL. */
int32_t video_colour_report(struct mim_job *job, const AVStream *stream, const AVFrame *first);

#endif
