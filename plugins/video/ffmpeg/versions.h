/* SPDX-License-Identifier: MIT */
/* Versions of the libraries at run time: of FFmpeg's, and of the encoders behind them. */
#ifndef MIM_VIDEO_VERSIONS_H
#define MIM_VIDEO_VERSIONS_H

#include <stddef.h>

/* Write "libavcodec 59.37.100, libx264 164, ..." to `text`. Libraries that are not loaded are left out. */
void video_list_versions(char *text, size_t size);

#endif
