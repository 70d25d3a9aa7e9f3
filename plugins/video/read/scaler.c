/* SPDX-License-Identifier: MIT */
/* Converts pictures exactly where that is possible, and else with swscale, with one context per worker. */
#include "read/scaler.h"

#include <string.h>

#include <libavutil/imgutils.h>
#include <libavutil/opt.h>
#include <libavutil/pixdesc.h>

#include "ffmpeg/averror.h"
#include "ffmpeg/matrix.h"
#include "read/yuv.h"

static const struct shape {
    enum AVPixelFormat format;
    uint32_t channels;
    int32_t sample;
} shapes[] = {
    [VIDEO_AUTO] = { AV_PIX_FMT_RGB24, 3, MIM_SAMPLE_U8 }, [VIDEO_RGB24] = { AV_PIX_FMT_RGB24, 3, MIM_SAMPLE_U8 },
    [VIDEO_GRAY] = { AV_PIX_FMT_GRAY8, 1, MIM_SAMPLE_U8 }, [VIDEO_GRAY16] = { AV_PIX_FMT_GRAY16, 1, MIM_SAMPLE_U16 },
    [VIDEO_RGBA] = { AV_PIX_FMT_RGBA, 4, MIM_SAMPLE_U8 },  [VIDEO_RGB48] = { AV_PIX_FMT_RGB48, 3, MIM_SAMPLE_U16 },
};

/* Native shapes by gray, alpha, and more than 8 bits. swscale cannot write 16-bit gray with alpha, which becomes RGBA. */
static const struct shape native_shapes[2][2][2] = {
    { { { AV_PIX_FMT_RGB24, 3, MIM_SAMPLE_U8 }, { AV_PIX_FMT_RGB48, 3, MIM_SAMPLE_U16 } },
      { { AV_PIX_FMT_RGBA, 4, MIM_SAMPLE_U8 }, { AV_PIX_FMT_RGBA64, 4, MIM_SAMPLE_U16 } } },
    { { { AV_PIX_FMT_GRAY8, 1, MIM_SAMPLE_U8 }, { AV_PIX_FMT_GRAY16, 1, MIM_SAMPLE_U16 } },
      { { AV_PIX_FMT_YA8, 2, MIM_SAMPLE_U8 }, { AV_PIX_FMT_RGBA64, 4, MIM_SAMPLE_U16 } } },
};

static struct shape
shape_of(const AVPixFmtDescriptor *descriptor, const struct video_output_format *output)
{
    if (output->pixels == VIDEO_AUTO && output->has_alpha)
        return shapes[VIDEO_RGBA];
    if (output->pixels != VIDEO_NATIVE)
        return shapes[output->pixels];
    bool has_alpha = descriptor->flags & AV_PIX_FMT_FLAG_ALPHA && !(descriptor->flags & AV_PIX_FMT_FLAG_PAL);
    bool is_gray = descriptor->nb_components - has_alpha == 1 && !(descriptor->flags & AV_PIX_FMT_FLAG_PAL);
    return native_shapes[is_gray][has_alpha][descriptor->comp[0].depth > 8];
}

static enum AVColorSpace
matrix_of(const AVFrame *picture, const struct video_output_format *output)
{
    static const enum AVColorSpace matrices[] = {
        [VIDEO_BT601] = AVCOL_SPC_SMPTE170M,     [VIDEO_BT709] = AVCOL_SPC_BT709, [VIDEO_BT2020] = AVCOL_SPC_BT2020_NCL,
        [VIDEO_SMPTE240M] = AVCOL_SPC_SMPTE240M, [VIDEO_FCC] = AVCOL_SPC_FCC,
    };
    if (output->matrix != VIDEO_MATRIX_AUTO)
        return matrices[output->matrix];
    bool is_known = picture->colorspace >= AVCOL_SPC_BT709 && picture->colorspace <= AVCOL_SPC_BT2020_CL &&
                    picture->colorspace != AVCOL_SPC_UNSPECIFIED && picture->colorspace != AVCOL_SPC_RESERVED &&
                    picture->colorspace != AVCOL_SPC_YCGCO;
    return is_known ? picture->colorspace : video_guess_matrix(output->is_bt601, picture->width, picture->height);
}

bool
video_scaling_of(const AVFrame *picture, const struct video_output_format *output,
                 const struct video_orientation *orientation, struct video_scaling *scaling,
                 struct mim_frame_info *info)
{
    const AVPixFmtDescriptor *descriptor = av_pix_fmt_desc_get(picture->format);
    if (!descriptor || !sws_isSupportedInput(picture->format) || picture->width < 1 || picture->height < 1)
        return false;

    struct shape shape = shape_of(descriptor, output);
    *scaling = (struct video_scaling){ .format = shape.format, .matrix = matrix_of(picture, output) };
    if (!output->keep_rotation)
        scaling->orientation = *orientation;
    bool is_turned = scaling->orientation.is_transposed;
    struct video_frame_size size = video_frame_size(&output->sizing, is_turned, picture->width, picture->height);
    info->width = size.width;
    info->height = size.height;
    scaling->width = is_turned ? info->height : info->width;
    scaling->height = is_turned ? info->width : info->height;
    info->channels = shape.channels;
    info->sample = shape.sample;
    return true;
}

/* swscale warns about the deprecated full-range formats. */
static enum AVPixelFormat
base_format(enum AVPixelFormat format)
{
    switch (format) {
    case AV_PIX_FMT_YUVJ411P:
        return AV_PIX_FMT_YUV411P;
    case AV_PIX_FMT_YUVJ420P:
        return AV_PIX_FMT_YUV420P;
    case AV_PIX_FMT_YUVJ422P:
        return AV_PIX_FMT_YUV422P;
    case AV_PIX_FMT_YUVJ440P:
        return AV_PIX_FMT_YUV440P;
    case AV_PIX_FMT_YUVJ444P:
        return AV_PIX_FMT_YUV444P;
    default:
        return format;
    }
}

static int
set_colours(struct video_scaler *scaler)
{
    const int *matrix = sws_getCoefficients(scaler->scaling.matrix);
    int *from, *to, from_full, to_full, brightness, contrast, saturation;
    if (sws_getColorspaceDetails(scaler->sws, &from, &from_full, &to, &to_full, &brightness, &contrast, &saturation) <
        0)
        return 0; /* formats such as gray have no matrix */
    if (scaler->range == AVCOL_RANGE_JPEG)
        from_full = 1;
    else if (scaler->range == AVCOL_RANGE_MPEG)
        from_full = 0;
    return sws_setColorspaceDetails(scaler->sws, matrix, from_full, matrix, to_full, brightness, contrast, saturation);
}

static bool
is_made_for(const struct video_scaler *scaler, const AVFrame *picture, const struct video_scaling *scaling)
{
    return scaler->is_open && scaler->width == picture->width && scaler->height == picture->height &&
           scaler->format == picture->format && scaler->range == (int)picture->color_range &&
           scaler->scaling.matrix == scaling->matrix && scaler->scaling.format == scaling->format &&
           scaler->scaling.width == scaling->width && scaler->scaling.height == scaling->height;
}

/* Scaled YUV keeps its range. */
static int
open_context(struct video_scaler *scaler, const AVFrame *picture, enum AVPixelFormat to)
{
    const struct video_scaling *scaling = &scaler->scaling;
    enum AVPixelFormat format = base_format(picture->format);
    const struct {
        const char *name;
        int64_t value;
    } options[] = {
        { "srcw", picture->width },
        { "srch", picture->height },
        { "src_format", format },
        { "dstw", (int64_t)scaling->width },
        { "dsth", (int64_t)scaling->height },
        { "dst_format", to },
        { "dst_range", scaler->is_exact && video_yuv_is_full_range(picture->format, picture->color_range) },
        { "src_range", picture->color_range == AVCOL_RANGE_JPEG || format != picture->format },
        { "sws_flags", SWS_BICUBIC },
    };

    scaler->sws = sws_alloc_context();
    if (!scaler->sws)
        return AVERROR(ENOMEM);
    for (size_t i = 0; i < sizeof options / sizeof *options; i++) {
        int code = av_opt_set_int(scaler->sws, options[i].name, options[i].value, 0);
        if (code < 0)
            return code;
    }
    int code = sws_init_context(scaler->sws, NULL, NULL);
    if (code >= 0)
        set_colours(scaler);
    return code;
}

static int
open_scaler(struct video_scaler *scaler, const AVFrame *picture, const struct video_scaling *scaling)
{
    bool is_scaled = scaling->width != (uint32_t)picture->width || scaling->height != (uint32_t)picture->height;

    sws_freeContext(scaler->sws);
    scaler->sws = NULL;
    scaler->width = picture->width;
    scaler->height = picture->height;
    scaler->format = picture->format;
    scaler->range = (int)picture->color_range;
    scaler->scaling = *scaling;
    scaler->planar = video_yuv_planar_format(picture->format, scaling->format, is_scaled);
    scaler->is_exact = scaler->planar != AV_PIX_FMT_NONE;
    bool is_direct = !is_scaled && video_yuv_is_supported(picture->format, scaling->format);
    int code = is_direct ? 0 : open_context(scaler, picture, scaler->is_exact ? scaler->planar : scaling->format);
    scaler->is_open = code >= 0;
    return code;
}

/* Allocates the exact size, unlike the kit's arrays: the slack of a large picture would count as working memory. */
static int32_t
grow_scratch(struct video_scratch *scratch, struct mim_job *job, uint64_t size)
{
    if (size <= scratch->size)
        return MIM_OK;
    void *moved = job->host->resize(job, scratch->bytes, scratch->size, size);
    if (!moved)
        return MIM_NOMEM;
    *scratch = (struct video_scratch){ moved, size };
    return MIM_OK;
}

static int32_t
run_swscale(struct video_scaler *scaler, struct mim_job *job, const AVFrame *picture, uint8_t *const planes[4],
            const int strides[4])
{
    int rows = sws_scale(scaler->sws, (const uint8_t *const *)picture->data, picture->linesize, 0, picture->height,
                         planes, strides);
    return rows < 0 ? video_fail(job, rows, "the colours cannot be converted") : MIM_OK;
}

/* Scales the planes of a picture for video_yuv_convert(). */
static int32_t
scale_planes(struct video_scaler *scaler, struct mim_job *job, const AVFrame *picture)
{
    enum { ALIGNMENT = 64 };
    const struct video_scaling *scaling = &scaler->scaling;
    enum AVPixelFormat format = scaler->planar;
    int width = (int)scaling->width, height = (int)scaling->height;
    int size = av_image_get_buffer_size(format, width, height, ALIGNMENT);

    if (!scaler->scaled)
        scaler->scaled = av_frame_alloc();
    if (size < 0 || !scaler->scaled)
        return video_fail(job, size < 0 ? size : AVERROR(ENOMEM), "the picture cannot be scaled");
    int32_t status = grow_scratch(&scaler->planes, job, (uint64_t)size + ALIGNMENT);
    if (status != MIM_OK)
        return status;
    AVFrame *scaled = scaler->scaled;
    uint8_t *start = scaler->planes.bytes + -(uintptr_t)scaler->planes.bytes % ALIGNMENT;
    av_image_fill_arrays(scaled->data, scaled->linesize, start, format, width, height, ALIGNMENT);
    scaled->format = format;
    scaled->width = width;
    scaled->height = height;
    bool is_full = video_yuv_is_full_range(picture->format, picture->color_range);
    scaled->color_range = is_full ? AVCOL_RANGE_JPEG : AVCOL_RANGE_MPEG;
    return run_swscale(scaler, job, picture, scaled->data, scaled->linesize);
}

static int32_t
run_scaler(struct video_scaler *scaler, struct mim_job *job, const AVFrame *picture, uint8_t *data, uint64_t stride)
{
    const struct video_scaling *scaling = &scaler->scaling;

    if (stride > INT32_MAX)
        return job->host->fail(job, MIM_UNSUPPORTED, MIM_UNKNOWN, "rows exceed 2 GB");
    if (!scaler->is_exact)
        return run_swscale(scaler, job, picture, (uint8_t *[4]){ data }, (int[4]){ (int)stride });
    int32_t status = scaler->sws ? scale_planes(scaler, job, picture) : MIM_OK;
    if (status == MIM_OK)
        video_yuv_convert(scaler->sws ? scaler->scaled : picture, scaling->matrix, scaling->format, data, stride);
    return status;
}

/* swscale writes whole blocks of pixels, even past the end of a row. */
static uint64_t
safe_stride(uint32_t width, uint32_t pixel)
{
    enum { BLOCK = 32 };
    return ((uint64_t)width + BLOCK - 1) / BLOCK * BLOCK * pixel;
}

/* Convert into a buffer, then copy: for rotation, or when the raster's rows are too short for swscale. */
static int32_t
scale_via_copy(struct video_scaler *scaler, struct mim_job *job, const AVFrame *picture, uint32_t pixel,
               struct mim_raster *raster)
{
    const struct video_scaling *scaling = &scaler->scaling;
    uint64_t stride = (safe_stride(scaling->width, pixel) + 63) / 64 * 64, size;

    if (__builtin_mul_overflow(stride, (uint64_t)scaling->height, &size))
        return MIM_NOMEM;
    int32_t status = grow_scratch(&scaler->upright, job, size);
    if (status == MIM_OK)
        status = run_scaler(scaler, job, picture, scaler->upright.bytes, stride);
    if (status == MIM_OK)
        video_turn(&scaling->orientation, scaler->upright.bytes, stride, scaling->width, scaling->height, pixel,
                   raster);
    return status;
}

int32_t
video_scale(struct video_scaler *scaler, struct mim_job *job, const AVFrame *picture,
            const struct video_scaling *scaling, struct mim_raster *raster)
{
    if (!is_made_for(scaler, picture, scaling)) {
        int code = open_scaler(scaler, picture, scaling);
        if (code < 0)
            return video_fail(job, code, "the colours cannot be converted");
    }
    uint32_t pixel = raster->channels * (raster->sample == MIM_SAMPLE_U16 ? 2 : 1);
    bool is_overrun = !scaler->is_exact && safe_stride(scaling->width, pixel) > raster->stride;
    if (is_overrun || video_is_turned(&scaling->orientation))
        return scale_via_copy(scaler, job, picture, pixel, raster);
    return run_scaler(scaler, job, picture, raster->data, raster->stride);
}

void
video_scaler_close(struct video_scaler *scaler, struct mim_job *job)
{
    sws_freeContext(scaler->sws);
    av_frame_free(&scaler->scaled);
    job->host->resize(job, scaler->planes.bytes, scaler->planes.size, 0);
    job->host->resize(job, scaler->upright.bytes, scaler->upright.size, 0);
    *scaler = (struct video_scaler){ 0 };
}
