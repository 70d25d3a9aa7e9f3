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
    bool is_stream; /* metadata must not read on */
    bool has_begun; /* the first frame was prepared */
};

/* Are rows of pictures columns of frames? */
static inline bool
video_reader_turns(const struct video_reader *self)
{
    return self->orientation.is_transposed && !self->output.keep_rotation;
}

/* The packet of a frame: its decoded picture, until the core releases it. */
struct video_read_frame {
    struct video_shared_picture *picture;
    struct video_scaling scaling;
    struct mim_rational time; /* seconds since the file's time 0; den 0: unknown */
    bool is_key;
};

#endif
