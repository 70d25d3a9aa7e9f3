/* SPDX-License-Identifier: MIT */
/* Allocates pictures and converts samples into them. */
#include "write/picture.h"

#include <string.h>

#include <libavutil/imgutils.h>
#include <libavutil/pixdesc.h>
#include <libswscale/swscale.h>

#define ALIGNMENT 64 /* of rows; SIMD code reads and writes past their ends */
#define OVERREAD 256

enum AVPixelFormat
video_samples_format(uint32_t channels, int32_t sample)
{
    static const enum AVPixelFormat formats[2][5] = {
        { AV_PIX_FMT_NONE, AV_PIX_FMT_GRAY8, AV_PIX_FMT_YA8, AV_PIX_FMT_RGB24, AV_PIX_FMT_RGBA },
        { AV_PIX_FMT_NONE, AV_PIX_FMT_GRAY16, AV_PIX_FMT_YA16, AV_PIX_FMT_RGB48, AV_PIX_FMT_RGBA64 },
    };
    return channels <= 4 ? formats[sample != MIM_SAMPLE_U8][channels] : AV_PIX_FMT_NONE;
}

uint32_t
video_samples_channels(enum AVPixelFormat format)
{
    return av_pix_fmt_desc_get(format)->nb_components;
}

int32_t
video_samples_type(enum AVPixelFormat format)
{
    return av_pix_fmt_desc_get(format)->comp[0].depth > 8 ? MIM_SAMPLE_U16 : MIM_SAMPLE_U8;
}

int32_t
video_pictures_open(struct mim_job *job, struct video_pictures *pictures, const struct video_layout *layout)
{
    int size = av_image_get_buffer_size(layout->to, layout->padded_width, layout->padded_height, ALIGNMENT);
    if (size < 0 || size > INT32_MAX - ALIGNMENT)
        return job->host->fail(job, MIM_ARGUMENT, MIM_UNKNOWN, "%dx%d pixels exceed the maximum size of a video frame",
                               layout->width, layout->height);
    pictures->layout = *layout;
    pictures->size = size + ALIGNMENT;
    pictures->pool = av_buffer_pool_init((size_t)pictures->size, NULL);
    return pictures->pool ? MIM_OK : job->host->fail(job, MIM_NOMEM, MIM_UNKNOWN, "no memory for pictures");
}

void
video_pictures_close(struct video_pictures *pictures)
{
    av_buffer_pool_uninit(&pictures->pool);
}

static int32_t
take_buffer(struct mim_job *job, const struct video_pictures *pictures, AVFrame *frame)
{
    const struct video_layout *layout = &pictures->layout;
    if (frame->buf[0])
        return MIM_OK; /* a retry */
    frame->buf[0] = av_buffer_pool_get(pictures->pool);
    if (!frame->buf[0])
        return job->host->fail(job, MIM_NOMEM, MIM_UNKNOWN, "no memory for a picture of %dx%d pixels",
                               layout->padded_width, layout->padded_height);
    av_image_fill_arrays(frame->data, frame->linesize, frame->buf[0]->data, layout->to, layout->padded_width,
                         layout->padded_height, ALIGNMENT);
    frame->format = layout->to;
    frame->width = layout->padded_width;
    frame->height = layout->padded_height;
    frame->colorspace = layout->matrix;
    frame->color_trc = layout->transfer;
    frame->color_primaries = layout->primaries;
    frame->color_range = layout->is_full_range ? AVCOL_RANGE_JPEG : AVCOL_RANGE_MPEG;
    frame->sample_aspect_ratio = layout->aspect;
    return MIM_OK;
}

/* Copy a row and repeat its last pixel up to `width`. */
static void
copy_row(uint8_t *to, const uint8_t *from, const struct video_layout *layout, int width, size_t pixel)
{
    size_t size = pixel * (size_t)layout->width;
    memcpy(to, from, size);
    for (int x = layout->width; x < width; x++)
        memcpy(to + pixel * (size_t)x, to + size - pixel, pixel);
}

static size_t
pixel_size(const struct mim_raster *raster)
{
    return raster->channels * (raster->sample == MIM_SAMPLE_U8 ? 1 : 2);
}

/* Copy rows from `first` on and repeat the last one. */
static void
copy_rows(uint8_t *to, size_t stride, const struct mim_raster *raster, const struct video_layout *layout, int first,
          int width)
{
    for (int y = first; y < layout->padded_height; y++, to += stride) {
        int from = y < layout->height ? y : layout->height - 1;
        copy_row(to, raster->data + raster->stride * (uint64_t)from, layout, width, pixel_size(raster));
    }
}

static int32_t
open_scaler(struct mim_job *job, struct video_converter *converter, const struct video_layout *layout)
{
    if (converter->scaler)
        return MIM_OK;
    converter->scaler = sws_getContext(layout->padded_width, layout->padded_height, layout->from, layout->padded_width,
                                       layout->padded_height, layout->to, SWS_BICUBIC, NULL, NULL, NULL);
    if (!converter->scaler)
        return job->host->fail(job, MIM_UNSUPPORTED, MIM_UNKNOWN, "%s cannot be converted to %s",
                               av_get_pix_fmt_name(layout->from), av_get_pix_fmt_name(layout->to));
    sws_setColorspaceDetails(converter->scaler, sws_getCoefficients(SWS_CS_DEFAULT), 1,
                             sws_getCoefficients(layout->matrix),
                             layout->is_full_range, 0, 1 << 16, 1 << 16);
    return MIM_OK;
}

/* swscale reads past the ends of rows, and chroma from pairs of pixels. It can read most rows in place, since other rows
 * follow them; this many rows at the end are copied to a padded buffer. */
static int
rows_to_copy(const struct video_layout *layout, const struct mim_raster *raster)
{
    uint64_t following = 2 + OVERREAD / raster->stride, all = (uint64_t)layout->height;

    following += following % 2; /* slices end between two rows of chroma */
    if (layout->padded_width != layout->width || layout->width % 2 || following + 2 > all)
        return layout->height;
    return (int)following + layout->height % 2;
}

static int32_t
scale_slice(struct mim_job *job, const struct video_converter *converter, const uint8_t *data, uint64_t stride,
            int first, int rows, AVFrame *frame)
{
    const uint8_t *const planes[4] = { data };
    const int strides[4] = { (int)stride };
    if (rows && sws_scale(converter->scaler, planes, strides, first, rows, frame->data, frame->linesize) < 0)
        return job->host->fail(job, MIM_UNSUPPORTED, MIM_UNKNOWN, "swscale cannot convert %dx%d pixels", frame->width,
                               frame->height);
    return MIM_OK;
}

static int32_t
scale_picture(struct mim_job *job, struct video_converter *converter, const struct video_layout *layout,
              const struct mim_raster *raster, AVFrame *frame)
{
    int direct = layout->height - rows_to_copy(layout, raster),
        even_width = layout->padded_width + layout->padded_width % 2;
    size_t stride = (pixel_size(raster) * (size_t)even_width + ALIGNMENT - 1) / ALIGNMENT * ALIGNMENT;
    uint64_t size = (uint64_t)stride * (uint64_t)(layout->padded_height - direct) + OVERREAD;

    int32_t status = open_scaler(job, converter, layout);
    if (status != MIM_OK)
        return status;
    if (size > converter->copy_size) { /* the exact size, unlike the kit's arrays: slack counts as working memory */
        uint8_t *moved = job->host->resize(job, converter->copy, converter->copy_size, size);
        if (!moved)
            return job->host->fail(job, MIM_NOMEM, MIM_UNKNOWN, "no memory to convert %dx%d pixels", layout->width,
                                   layout->height);
        memset(moved, 0, size);
        converter->copy = moved;
        converter->copy_size = size;
    }
    copy_rows(converter->copy, stride, raster, layout, direct, even_width);
    status = scale_slice(job, converter, raster->data, raster->stride, 0, direct, frame);
    if (status != MIM_OK)
        return status;
    return scale_slice(job, converter, converter->copy, stride, direct, layout->padded_height - direct, frame);
}

int32_t
video_picture_fill(struct mim_job *job, const struct video_pictures *pictures, struct video_converter *converter,
                   const struct mim_raster *raster, AVFrame *frame)
{
    const struct video_layout *layout = &pictures->layout;
    int32_t status = take_buffer(job, pictures, frame);
    if (status != MIM_OK)
        return status;
    if (layout->from == layout->to) {
        copy_rows(frame->data[0], (size_t)frame->linesize[0], raster, layout, 0, layout->padded_width);
        return MIM_OK;
    }
    return scale_picture(job, converter, layout, raster, frame);
}

void
video_converter_close(struct mim_job *job, struct video_converter *converter)
{
    sws_freeContext(converter->scaler);
    job->host->resize(job, converter->copy, converter->copy_size, 0);
}
