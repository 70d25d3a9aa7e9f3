/* SPDX-License-Identifier: MIT */
/* How a frame becomes a page: what its samples turn into, how it is cut. */
#include "write/layout.h"

#include <string.h>

#include <tiff.h>

#include "file/sample.h"
#include "write/state.h"

#define STRIP_BYTES (256u << 10) /* a thread's worth of work, and near what readers like */

/* Samples that a codec cannot hold are converted by the core, which says what is lost. */
static int32_t
fit_to_codec(struct mim_job *job, const struct tiff_codec *codec, struct mim_frame_info *info)
{
    bool is_jpeg = codec->scheme == COMPRESSION_JPEG, is_webp = codec->scheme == COMPRESSION_WEBP;
    if (!is_jpeg && !is_webp)
        return MIM_OK;
    if (info->channels > 4)
        return job->host->fail(job, MIM_ARGUMENT, MIM_UNKNOWN, "compression=%s holds no %u channels", codec->name,
                               info->channels);

    info->sample = MIM_SAMPLE_U8;
    if (is_jpeg) /* without alpha */
        info->channels = info->channels < 3 ? 1 : 3;
    else /* never gray */
        info->channels = info->channels % 2 ? 3 : 4;
    return MIM_OK;
}

static int32_t
choose_photometric(struct mim_job *job, struct tiff_sheet *sheet)
{
    struct tiff_writer *self = job->state;
    bool is_rgb = sheet->channels == 3 || sheet->channels == 4, is_jpeg = sheet->codec->scheme == COMPRESSION_JPEG;

    switch (self->photometric) {
    case TIFF_PHOTOMETRIC_WHITE:
        if (sheet->channels > 2) /* of other colours the first alone would be turned */
            return job->host->fail(job, MIM_ARGUMENT, MIM_UNKNOWN, "photometric=miniswhite needs gray, not %u channels",
                                   sheet->channels);
        if (sheet->format != SAMPLEFORMAT_UINT)
            return job->host->fail(job, MIM_ARGUMENT, MIM_UNKNOWN, "photometric=miniswhite needs unsigned samples");
        sheet->is_inverted = true;
        sheet->photometric = PHOTOMETRIC_MINISWHITE;
        return MIM_OK;
    case TIFF_PHOTOMETRIC_BLACK:
        sheet->photometric = PHOTOMETRIC_MINISBLACK;
        return MIM_OK;
    case TIFF_PHOTOMETRIC_RGB:
        sheet->photometric = PHOTOMETRIC_RGB;
        if (sheet->channels < 3)
            return job->host->fail(job, MIM_ARGUMENT, MIM_UNKNOWN, "photometric=rgb needs 3 channels, not %u",
                                   sheet->channels);
        return MIM_OK;
    case TIFF_PHOTOMETRIC_YCBCR:
        sheet->photometric = PHOTOMETRIC_YCBCR;
        if (!is_jpeg || sheet->channels != 3)
            return job->host->fail(job, MIM_ARGUMENT, MIM_UNKNOWN, "photometric=ycbcr needs compression=jpeg and RGB");
        return MIM_OK;
    default:
        sheet->photometric = !is_rgb ? PHOTOMETRIC_MINISBLACK : is_jpeg ? PHOTOMETRIC_YCBCR : PHOTOMETRIC_RGB;
        return MIM_OK;
    }
}

static int32_t
choose_predictor(struct mim_job *job, struct tiff_sheet *sheet)
{
    struct tiff_writer *self = job->state;
    bool is_float = sheet->format == SAMPLEFORMAT_IEEEFP;
    static const uint32_t predictors[] = { [TIFF_PREDICTOR_NONE] = PREDICTOR_NONE,
                                           [TIFF_PREDICTOR_HORIZONTAL] = PREDICTOR_HORIZONTAL,
                                           [TIFF_PREDICTOR_FLOAT] = PREDICTOR_FLOATINGPOINT };

    if (self->predictor == TIFF_PREDICTOR_AUTO) {
        uint32_t best = is_float ? PREDICTOR_FLOATINGPOINT : PREDICTOR_HORIZONTAL;
        bool is_known = !self->imagej || (sheet->codec->scheme == COMPRESSION_LZW && !is_float); /* to who will read it */
        sheet->predictor = sheet->codec->predicts_unasked && is_known ? best : PREDICTOR_NONE;
        return MIM_OK;
    }
    sheet->predictor = predictors[self->predictor];
    if (sheet->predictor != PREDICTOR_NONE && !sheet->codec->predicts)
        return job->host->fail(job, MIM_ARGUMENT, MIM_UNKNOWN, "compression=%s takes no predictor", sheet->codec->name);
    if (sheet->predictor == PREDICTOR_FLOATINGPOINT && !is_float)
        return job->host->fail(job, MIM_ARGUMENT, MIM_UNKNOWN, "predictor=float needs samples f32 or f64");
    if (sheet->predictor == PREDICTOR_HORIZONTAL && is_float && self->imagej) /* it would add them as floats */
        return job->host->fail(job, MIM_ARGUMENT, MIM_UNKNOWN, "imagej=yes: ImageJ knows no predictor of floats");
    return MIM_OK;
}

static void
cut(const struct tiff_writer *self, struct tiff_sheet *sheet)
{
    uint64_t pixel = (uint64_t)sheet->channels * (sheet->bits / 8), row = pixel * sheet->width;
    uint64_t rows = self->rows_per_strip ? (uint64_t)self->rows_per_strip : STRIP_BYTES / row;

    sheet->is_tiled = self->tile.width != 0;
    if (sheet->codec->scheme == COMPRESSION_JPEG) /* whole blocks, of 2 x 2 subsampled colours */
        rows = (rows + 15) / 16 * 16;
    if (rows == 0)
        rows = 1;
    if (rows > sheet->height || self->is_contiguous)
        rows = sheet->height;
    sheet->piece_width = sheet->is_tiled ? self->tile.width : sheet->width;
    sheet->piece_height = sheet->is_tiled ? self->tile.height : (uint32_t)rows;
    sheet->across = (sheet->width - 1) / sheet->piece_width + 1;
    sheet->down = (sheet->height - 1) / sheet->piece_height + 1;
    sheet->row_bytes = pixel * sheet->piece_width;
}

static int32_t
check_sides(struct mim_job *job, const struct tiff_sheet *sheet)
{
    uint32_t most = sheet->codec->most_side;
    if (!most || (sheet->piece_width <= most && sheet->piece_height <= most))
        return MIM_OK;
    return job->host->fail(job, MIM_ARGUMENT, MIM_UNKNOWN, "compression=%s: %s of %u x %u pixels, more than %u on a side",
                           sheet->codec->name, sheet->is_tiled ? "tiles" : "strips", sheet->piece_width,
                           sheet->piece_height, most);
}

static uint32_t
format_of(int32_t sample)
{
    if (sample >= MIM_SAMPLE_F32)
        return SAMPLEFORMAT_IEEEFP;
    return sample >= MIM_SAMPLE_I8 ? SAMPLEFORMAT_INT : SAMPLEFORMAT_UINT;
}

int32_t
tiff_accept(struct mim_job *job, uint64_t index, void *packet, struct mim_frame_info *info)
{
    struct tiff_writer *self = job->state;
    struct tiff_sheet *sheet = packet;
    uint64_t parts;

    int32_t status = fit_to_codec(job, self->codec, info);
    if (status != MIM_OK)
        return status;
    if (info->channels > UINT16_MAX || !tiff_sample_size(info->sample))
        return job->host->fail(job, MIM_ARGUMENT, MIM_UNKNOWN, "TIFF holds no frames of %u channels", info->channels);

    *sheet = (struct tiff_sheet){ .index = index, .codec = self->codec, .level = self->level, .width = info->width,
                                  .height = info->height, .channels = info->channels,
                                  .bits = tiff_sample_size(info->sample) * 8, .format = format_of(info->sample) };
    status = choose_photometric(job, sheet);
    if (status == MIM_OK)
        status = choose_predictor(job, sheet);
    if (status != MIM_OK)
        return status;

    cut(self, sheet);
    parts = (uint64_t)sheet->across * sheet->down;
    if (parts > INT32_MAX)
        return job->host->fail(job, MIM_ARGUMENT, MIM_UNKNOWN, "a page of %llu tiles", (unsigned long long)parts);
    info->parts = (uint32_t)parts;
    return check_sides(job, sheet);
}
