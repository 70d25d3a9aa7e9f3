/* SPDX-License-Identifier: MIT */
/* Pictures for the encoder, converted from the core's samples to the encoder's pixel format. */
#ifndef MIM_VIDEO_PICTURE_H
#define MIM_VIDEO_PICTURE_H

#include <stdbool.h>

#include <libavutil/buffer.h>
#include <libavutil/frame.h>
#include <libavutil/pixfmt.h>

#include <mim/plugin.h>

struct SwsContext;

/* The conversion of all frames. */
struct video_layout {
    enum AVPixelFormat from, to;
    int width, height;               /* of the samples */
    int padded_width, padded_height; /* of the picture, which repeats the last column and row */
    AVRational aspect; /* of samples */
    enum AVColorSpace matrix;
    enum AVColorTransferCharacteristic transfer;
    enum AVColorPrimaries primaries;
    bool is_full_range;
};

/* A pool of picture buffers. The encoder returns them when it has finished with them. */
struct video_pictures {
    struct video_layout layout;
    AVBufferPool *pool;
    int64_t size; /* bytes per buffer */
};

/* The converter of one worker. Zeroed before the first use. */
struct video_converter {
    struct SwsContext *scaler;
    uint8_t *copy; /* of samples, padded for swscale */
    uint64_t copy_size;
};

/* The pixel format of the core's samples, and back. AV_PIX_FMT_NONE: there is none. */
enum AVPixelFormat video_samples_format(uint32_t channels, int32_t sample);
uint32_t video_samples_channels(enum AVPixelFormat format);
int32_t video_samples_type(enum AVPixelFormat format);

int32_t video_pictures_open(struct mim_job *job, struct video_pictures *pictures, const struct video_layout *layout);
void video_pictures_close(struct video_pictures *pictures);
/* Give `frame` a buffer, unless it has one, and convert `raster` into it. On any thread. */
int32_t video_picture_fill(struct mim_job *job, const struct video_pictures *pictures,
                           struct video_converter *converter, const struct mim_raster *raster, AVFrame *frame);
void video_converter_close(struct mim_job *job, struct video_converter *converter);

#endif
