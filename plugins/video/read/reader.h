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

/* Ticks in seconds; den 0 where they are too many. */
struct mim_rational video_seconds(int64_t frame_ticks, AVRational base);
int32_t video_metadata(struct mim_job *job, const void *packet, const struct mim_frame_info *info);
/* How many frames the head of the file promises, and how sure that is. */
uint64_t video_promised_count(const struct video_reader *self, int32_t *sure);

#endif
