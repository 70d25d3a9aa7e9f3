/* SPDX-License-Identifier: MIT */
/* The size of frames, and the aspect of their samples: as stored, square, or fitted to a size that the caller gives. */
#ifndef MIM_VIDEO_SIZING_H
#define MIM_VIDEO_SIZING_H

#include <stdbool.h>

#include <libavutil/rational.h>

#include <mim/plugin.h>

enum video_square { VIDEO_SQUARE_AUTO, VIDEO_SQUARE_YES, VIDEO_SQUARE_NO };
#define VIDEO_SQUARE_CHOICES "auto|yes|no"

struct video_sizing {
    struct mim_size size; /* options */
    int32_t square;       /* enum video_square */
    bool makes_square;    /* yes, or auto for a target with square samples */
    AVRational aspect;    /* width to height of stored samples; 0/1: unknown */
};

struct video_frame_size {
    uint32_t width, height;
    AVRational aspect; /* 0/1: square, or unknown */
};

/* Decide about square samples: a conversion knows its target after open and before the first frame. */
void video_sizing_settle(struct mim_job *job, struct video_sizing *sizing);
/* The size of frames from pictures of `width` x `height` pixels, which are transposed if `is_turned`. */
struct video_frame_size video_frame_size(const struct video_sizing *sizing, bool is_turned, int width, int height);

#endif
