/* SPDX-License-Identifier: MIT */
/* Converts decoded pictures into the samples of frames. */
#ifndef MIM_VIDEO_SCALER_H
#define MIM_VIDEO_SCALER_H

#include <libavutil/frame.h>
#include <libswscale/swscale.h>

#include <mim/plugin.h>

#include "read/orientation.h"
#include "read/sizing.h"

enum video_pixels { VIDEO_AUTO, VIDEO_RGB24, VIDEO_GRAY, VIDEO_GRAY16, VIDEO_RGBA, VIDEO_RGB48, VIDEO_NATIVE };
#define VIDEO_PIXELS_CHOICES "auto|rgb24|gray|gray16|rgba|rgb48|native"

enum video_matrix { VIDEO_MATRIX_AUTO, VIDEO_BT601, VIDEO_BT709, VIDEO_BT2020, VIDEO_SMPTE240M, VIDEO_FCC };
#define VIDEO_MATRIX_CHOICES "auto|bt601|bt709|bt2020|smpte240m|fcc"

/* The reader's options for frames. */
struct video_output_format {
    int32_t pixels; /* enum video_pixels */
    int32_t matrix; /* enum video_matrix; VIDEO_MATRIX_AUTO: the picture's, or a guess */
    bool is_bt601;  /* the guess does not depend on the size */
    bool has_alpha; /* the pictures have it; VIDEO_AUTO delivers it */
    int32_t keep_rotation;
    struct video_sizing sizing;
};

/* How to convert one picture. */
struct video_scaling {
    enum AVPixelFormat format;
    enum AVColorSpace matrix;
    uint32_t width, height; /* before rotation */
    struct video_orientation orientation;
};

struct video_scratch {
    uint8_t *bytes;
    uint64_t size;
};

/* The scaler of one worker. */
struct video_scaler {
    bool is_open, is_exact;       /* is_exact: video_yuv_convert() converts the colours */
    struct SwsContext *sws;       /* NULL if it needs no swscale before */
    enum AVPixelFormat planar;    /* the format between swscale and video_yuv_convert() */
    struct video_scaling scaling; /* the conversion that the scaler was opened for */
    int width, height, format, range;
    AVFrame *scaled;              /* a picture of this format */
    struct video_scratch planes;  /* its samples */
    struct video_scratch upright; /* a converted picture before rotation */
};

/* Choose the conversion of a picture and fill the shape of its frame. Returns false if swscale cannot read the picture. */
bool video_scaling_of(const AVFrame *picture, const struct video_output_format *output,
                      const struct video_orientation *orientation, struct video_scaling *scaling,
                      struct mim_frame_info *info);
int32_t video_scale(struct video_scaler *scaler, struct mim_job *job, const AVFrame *picture,
                    const struct video_scaling *scaling, struct mim_raster *raster);
void video_scaler_close(struct video_scaler *scaler, struct mim_job *job);

#endif
