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
    return (scaler->sws || scaler->is_exact) && scaler->width == picture->width && scaler->height == picture->height &&
           scaler->format == picture->format && scaler->range == (int)picture->color_range &&
           scaler->scaling.matrix == scaling->matrix && scaler->scaling.format == scaling->format &&
           scaler->scaling.width == scaling->width && scaler->scaling.height == scaling->height;
}

static int
open_context(struct video_scaler *scaler, const AVFrame *picture, const struct video_scaling *scaling)
{
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
        { "dst_format", scaling->format },
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
    sws_freeContext(scaler->sws);
    scaler->sws = NULL;
    scaler->width = picture->width;
    scaler->height = picture->height;
    scaler->format = picture->format;
    scaler->range = (int)picture->color_range;
    scaler->scaling = *scaling;
    scaler->is_exact = scaling->width == (uint32_t)picture->width && scaling->height == (uint32_t)picture->height &&
                       video_yuv_is_supported(picture->format, scaling->format);
    return scaler->is_exact ? 0 : open_context(scaler, picture, scaling);
}

static int32_t
run_scaler(struct video_scaler *scaler, struct mim_job *job, const AVFrame *picture, uint8_t *data, uint64_t stride)
{
    const struct video_scaling *scaling = &scaler->scaling;
    uint8_t *planes[4] = { data };
    int strides[4] = { (int)stride };

    if (scaler->is_exact) {
        video_yuv_convert(picture, scaling->matrix, scaling->format, data, stride);
        return MIM_OK;
    }
    if (stride > INT32_MAX)
        return job->host->fail(job, MIM_UNSUPPORTED, MIM_UNKNOWN, "rows exceed 2 GB");
    int rows = sws_scale(scaler->sws, (const uint8_t *const *)picture->data, picture->linesize, 0, picture->height,
                         planes, strides);
    return rows < 0 ? video_fail(job, rows, "the colours cannot be converted") : MIM_OK;
}

/* Allocates the exact size, unlike the kit's arrays: the slack of a large picture would count as working memory. */
static int32_t
grow_upright(struct video_scaler *scaler, struct mim_job *job, uint64_t size)
{
    if (size <= scaler->upright_size)
        return MIM_OK;
    void *moved = job->host->resize(job, scaler->upright, scaler->upright_size, size);
    if (!moved)
        return MIM_NOMEM;
    scaler->upright = moved;
    scaler->upright_size = size;
    return MIM_OK;
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
    int32_t status = grow_upright(scaler, job, size);
    if (status == MIM_OK)
        status = run_scaler(scaler, job, picture, scaler->upright, stride);
    if (status == MIM_OK)
        video_turn(&scaling->orientation, scaler->upright, stride, scaling->width, scaling->height, pixel, raster);
    return status;
}

int32_t
video_scale(struct video_scaler *scaler, struct mim_job *job, const AVFrame *picture,
            const struct video_scaling *scaling, struct mim_raster *raster)
{
    if (!is_made_for(scaler, picture, scaling)) {
        int code = open_scaler(scaler, picture, scaling);
        if (code < 0) {
            sws_freeContext(scaler->sws);
            scaler->sws = NULL;
            return video_fail(job, code, "the colours cannot be converted");
        }
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
    if (scaler->upright)
        job->host->resize(job, scaler->upright, scaler->upright_size, 0);
    *scaler = (struct video_scaler){ 0 };
}
