/* SPDX-License-Identifier: MIT */
/* Pictures for the encoder: from samples as the core has them to the encoder's pixel format. */
#ifndef MIM_VIDEO_PICTURE_H
#define MIM_VIDEO_PICTURE_H

#include <stdbool.h>

#include <libavutil/buffer.h>
#include <libavutil/frame.h>
#include <libavutil/pixfmt.h>

#include <mim/plugin.h>

struct SwsContext;

/* From what to what. Settled before the first frame. */
struct video_layout {
    enum AVPixelFormat from, to;
    int width, height;               /* of the samples */
    int padded_width, padded_height; /* of the picture: last column and row are repeated */
    enum AVColorSpace matrix;
    bool is_full_range;
};

/* Buffers for pictures, all of one size; they come back when the encoder has done with them. */
struct video_pictures {
    struct video_layout layout;
    AVBufferPool *pool;
    int64_t size; /* bytes of one */
};

/* What a thread needs to convert. Zeroed before the first use. */
struct video_converter {
    struct SwsContext *scaler;
    uint8_t *copy; /* of samples, with room around them */
    uint64_t copy_size;
};

/* How samples must be for `to`: channels and type as the core says them. AV_PIX_FMT_NONE: there is no way. */
enum AVPixelFormat video_samples_format(uint32_t channels, int32_t sample);
uint32_t video_samples_channels(enum AVPixelFormat format);
int32_t video_samples_type(enum AVPixelFormat format);

int32_t video_pictures_open(struct mim_job *job, struct video_pictures *pictures, const struct video_layout *layout);
void video_pictures_close(struct video_pictures *pictures);
/* Give `frame` a buffer, unless it has one, and fill it. Any thread. */
int32_t video_picture_fill(struct mim_job *job, const struct video_pictures *pictures,
                           struct video_converter *converter, const struct mim_raster *raster, AVFrame *frame);
void video_converter_close(struct mim_job *job, struct video_converter *converter);

#endif
