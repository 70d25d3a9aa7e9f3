/* SPDX-License-Identifier: MIT */
/* The writer operations of every format. */
#ifndef MIM_VIDEO_WRITE_H
#define MIM_VIDEO_WRITE_H

#include <mim/plugin.h>

#include "ffmpeg/containers.h"

extern const struct mim_writer_ops video_writers[VIDEO_WRITTEN_COUNT];

#endif
