/* SPDX-License-Identifier: MIT */
/* Computes the size of frames. Square samples need more columns or more rows, so that no stored sample is lost. */
#include "read/sizing.h"

#include <libavutil/mathematics.h>

static const AVRational unknown = { 0, 1 };

/* The size that square samples need. */
static void
widen_size(struct video_frame_size *frame, AVRational aspect)
{
    int64_t width = frame->width, height = frame->height;
    if (aspect.num > aspect.den)
        width = av_rescale(width, aspect.num, aspect.den);
    else
        height = av_rescale(height, aspect.den, aspect.num);
    if (width <= INT32_MAX && height <= INT32_MAX) {
        frame->width = (uint32_t)width;
        frame->height = (uint32_t)height;
    }
}

/* An aspect that would not change the size by a pixel says nothing. */
static AVRational
significant_aspect(const struct video_frame_size *frame, AVRational aspect)
{
    struct video_frame_size wide = *frame;
    if (aspect.num <= 0 || aspect.den <= 0)
        return unknown;
    widen_size(&wide, aspect);
    return wide.width == frame->width && wide.height == frame->height ? unknown : aspect;
}

/* A picture with square samples that is scaled to another shape was meant to change its shape. */
static void
fit_size(struct video_frame_size *frame, const struct mim_size *size)
{
    int num, den;
    av_reduce(&num, &den, (int64_t)frame->width * size->height, (int64_t)frame->height * size->width, INT32_MAX);
    frame->width = size->width;
    frame->height = size->height;
    if (frame->aspect.num)
        frame->aspect = significant_aspect(frame, av_mul_q(frame->aspect, (AVRational){ num, den }));
}

void
video_sizing_settle(struct mim_job *job, struct video_sizing *sizing)
{
    bool is_wanted = job->host->flags(job) & MIM_HOST_SQUARE;
    sizing->makes_square = sizing->square == VIDEO_SQUARE_YES || (sizing->square == VIDEO_SQUARE_AUTO && is_wanted);
}

struct video_frame_size
video_frame_size(const struct video_sizing *sizing, bool is_turned, int width, int height)
{
    struct video_frame_size frame = { (uint32_t)(is_turned ? height : width), (uint32_t)(is_turned ? width : height),
                                      unknown };
    bool is_known = sizing->aspect.num > 0 && sizing->aspect.den > 0;
    if (is_known)
        frame.aspect = significant_aspect(&frame, is_turned ? av_inv_q(sizing->aspect) : sizing->aspect);
    if (sizing->size.width && sizing->size.height) {
        fit_size(&frame, &sizing->size);
    } else if (sizing->makes_square && frame.aspect.num) {
        widen_size(&frame, frame.aspect);
        frame.aspect = unknown;
    }
    return frame;
}
