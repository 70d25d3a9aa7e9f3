/* SPDX-License-Identifier: MIT */
/* The reader's state. */
#ifndef MIM_VIDEO_READER_H
#define MIM_VIDEO_READER_H

#include "read/cursor.h"
#include "read/frame-rate.h"
#include "read/scaler.h"

struct video_reader {
    struct mim_rational fps; /* options */
    struct video_output_format output;
    int64_t stream, threads;
    struct video_log log;
    struct video_cursor cursor;
    struct video_frame_rate rate;
    struct video_orientation orientation;
};

/* One frame: a decoded picture, until it is released. */
struct video_read_frame {
    AVFrame *picture;
    struct video_scaling scaling;
    struct mim_rational time; /* seconds, in the file's clock; den 0: not known */
    bool is_key;
};

#endif
