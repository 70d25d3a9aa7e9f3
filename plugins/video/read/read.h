/* SPDX-License-Identifier: MIT */
/* The reader operations of every format. */
#ifndef MIM_VIDEO_READ_H
#define MIM_VIDEO_READ_H

#include <mim/plugin.h>

#include "ffmpeg/containers.h"

extern const struct mim_reader_ops video_readers[VIDEO_FORMAT_COUNT];

#endif
