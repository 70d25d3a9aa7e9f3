/* SPDX-License-Identifier: MIT */
/* How a frame becomes a page: samples, photometric, predictor, and the size of strips or tiles. */
#include "write/layout.h"

#include <string.h>

#include <tiff.h>

#include "file/sample.h"
#include "write/state.h"

#define STRIP_BYTES (256u << 10) /* enough work for a thread, and convenient for readers */

int32_t
tiff_layout_fit_bits(struct mim_job *job, struct mim_frame_info *info)
{
    struct tiff_writer *self = job->state;
    bool is_bytes = self->imagej || self->codec->max_side || self->predictor >= TIFF_PREDICTOR_HORIZONTAL;
    if (info->sample != MIM_SAMPLE_U1 || !is_bytes)
        return MIM_OK;
    info->sample = MIM_SAMPLE_U8;
    if (self->has_reported_bits)
        return MIM_OK;
    self->has_reported_bits = true;
    return job->host->notice(job, MIM_NOTICE_DEPTH, "samples of 1 bit become 8 bits");
}

/* With compression=auto, bits are compressed as they were, and other samples are not. */
static const struct tiff_codec *
choose_codec(const struct tiff_writer *self, const struct mim_frame_info *info)
{
    bool is_source = self->compression == TIFF_CODEC_AUTO && info->sample == MIM_SAMPLE_U1 && self->source_codec;
    return is_source ? self->source_codec : self->codec;
}

/* Ask the core for samples that the codec supports; the core reports the loss. */
static int32_t
convert_for_codec(struct mim_job *job, const struct tiff_codec *codec, struct mim_frame_info *info)
{
    bool is_jpeg = codec->scheme == COMPRESSION_JPEG, is_webp = codec->scheme == COMPRESSION_WEBP;
    if (codec->is_fax && info->channels > 1)
        return job->host->fail(job, MIM_ARGUMENT, MIM_UNKNOWN,
                               "compression=%s is for black and white in one channel, this frame has %u", codec->name,
                               info->channels);
    if (codec->is_fax)
        info->sample = MIM_SAMPLE_U1; /* the core refuses other samples than black and white */
    if (!is_jpeg && !is_webp)
        return MIM_OK;
    if (info->channels > 4)
        return job->host->fail(job, MIM_ARGUMENT, MIM_UNKNOWN, "compression=%s does not support %u channels",
                               codec->name, info->channels);

    info->sample = MIM_SAMPLE_U8;
    if (is_jpeg) /* without alpha */
        info->channels = info->channels < 3 ? 1 : 3;
    else /* never gray */
        info->channels = info->channels % 2 ? 3 : 4;
    return MIM_OK;
}

static int32_t
choose_photometric(struct mim_job *job, struct tiff_layout *layout)
{
    struct tiff_writer *self = job->state;
    bool is_rgb = layout->channels == 3 || layout->channels == 4, is_jpeg = layout->codec->scheme == COMPRESSION_JPEG;

    switch (self->photometric) {
    case TIFF_PHOTOMETRIC_WHITE:
        if (layout->channels > 2) /* only the first sample is inverted */
            return job->host->fail(job, MIM_ARGUMENT, MIM_UNKNOWN, "photometric=miniswhite needs gray, not %u channels",
                                   layout->channels);
        if (layout->format != SAMPLEFORMAT_UINT)
            return job->host->fail(job, MIM_ARGUMENT, MIM_UNKNOWN, "photometric=miniswhite needs unsigned samples");
        layout->is_inverted = true;
        layout->photometric = PHOTOMETRIC_MINISWHITE;
        return MIM_OK;
    case TIFF_PHOTOMETRIC_BLACK:
        layout->photometric = PHOTOMETRIC_MINISBLACK;
        return MIM_OK;
    case TIFF_PHOTOMETRIC_RGB:
        layout->photometric = PHOTOMETRIC_RGB;
        if (layout->channels < 3)
            return job->host->fail(job, MIM_ARGUMENT, MIM_UNKNOWN, "photometric=rgb needs 3 channels, not %u",
                                   layout->channels);
        return MIM_OK;
    case TIFF_PHOTOMETRIC_YCBCR:
        layout->photometric = PHOTOMETRIC_YCBCR;
        if (!is_jpeg || layout->channels != 3)
            return job->host->fail(job, MIM_ARGUMENT, MIM_UNKNOWN, "photometric=ycbcr needs compression=jpeg and RGB");
        return MIM_OK;
    default:
        layout->is_inverted = layout->codec->is_fax; /* codes of white are the short ones */
        layout->photometric = layout->is_inverted ? PHOTOMETRIC_MINISWHITE
                              : !is_rgb           ? PHOTOMETRIC_MINISBLACK : is_jpeg ? PHOTOMETRIC_YCBCR : PHOTOMETRIC_RGB;
        return MIM_OK;
    }
}

static int32_t
choose_predictor(struct mim_job *job, struct tiff_layout *layout)
{
    struct tiff_writer *self = job->state;
    bool is_float = layout->format == SAMPLEFORMAT_IEEEFP;
    static const uint32_t predictors[] = { [TIFF_PREDICTOR_NONE] = PREDICTOR_NONE,
                                           [TIFF_PREDICTOR_HORIZONTAL] = PREDICTOR_HORIZONTAL,
                                           [TIFF_PREDICTOR_FLOAT] = PREDICTOR_FLOATINGPOINT };

    if (self->predictor == TIFF_PREDICTOR_AUTO && layout->bits > 1) {
        uint32_t best = is_float ? PREDICTOR_FLOATINGPOINT : PREDICTOR_HORIZONTAL;
        bool is_known =
            !self->imagej || (layout->codec->scheme == COMPRESSION_LZW && !is_float); /* ImageJ supports no other */
        layout->predictor = layout->codec->predicts_by_default && is_known ? best : PREDICTOR_NONE;
        return MIM_OK;
    }
    layout->predictor = layout->bits > 1 ? predictors[self->predictor] : PREDICTOR_NONE;
    if (layout->predictor != PREDICTOR_NONE && !layout->codec->has_predictor)
        return job->host->fail(job, MIM_ARGUMENT, MIM_UNKNOWN, "compression=%s has no predictor", layout->codec->name);
    if (layout->predictor == PREDICTOR_FLOATINGPOINT && !is_float)
        return job->host->fail(job, MIM_ARGUMENT, MIM_UNKNOWN, "predictor=float needs samples f32 or f64");
    if (layout->predictor == PREDICTOR_HORIZONTAL && is_float && self->imagej) /* ImageJ would add them as floats */
        return job->host->fail(job, MIM_ARGUMENT, MIM_UNKNOWN, "imagej=yes: ImageJ supports no predictor of floats");
    return MIM_OK;
}

static void
cut_into_pieces(const struct tiff_writer *self, struct tiff_layout *layout)
{
    uint64_t row = tiff_layout_bytes(layout, layout->width);
    uint64_t rows = self->rows_per_strip ? (uint64_t)self->rows_per_strip : STRIP_BYTES / row;

    layout->is_tiled = self->tile.width != 0;
    if (layout->codec->scheme == COMPRESSION_JPEG) /* whole blocks, of 2 x 2 subsampled colours */
        rows = (rows + 15) / 16 * 16;
    if (rows == 0)
        rows = 1;
    if (rows > layout->height || self->is_contiguous)
        rows = layout->height;
    layout->piece_width = layout->is_tiled ? self->tile.width : layout->width;
    layout->piece_height = layout->is_tiled ? self->tile.height : (uint32_t)rows;
    layout->across = (layout->width - 1) / layout->piece_width + 1;
    layout->down = (layout->height - 1) / layout->piece_height + 1;
    layout->row_bytes = tiff_layout_bytes(layout, layout->piece_width);
}

static int32_t
check_sides(struct mim_job *job, const struct tiff_layout *layout)
{
    uint32_t limit = layout->codec->max_side;
    if (!limit || (layout->piece_width <= limit && layout->piece_height <= limit))
        return MIM_OK;
    return job->host->fail(job, MIM_ARGUMENT, MIM_UNKNOWN,
                           "compression=%s: %s of %u x %u pixels, more than %u on a side", layout->codec->name,
                           layout->is_tiled ? "tiles" : "strips", layout->piece_width, layout->piece_height, limit);
}

static uint32_t
format_of(int32_t sample)
{
    if (sample == MIM_SAMPLE_F32 || sample == MIM_SAMPLE_F64)
        return SAMPLEFORMAT_IEEEFP;
    return sample >= MIM_SAMPLE_I8 && sample <= MIM_SAMPLE_I64 ? SAMPLEFORMAT_INT : SAMPLEFORMAT_UINT;
}

int32_t
tiff_layout_choose(struct mim_job *job, uint64_t index, void *packet, struct mim_frame_info *info)
{
    struct tiff_writer *self = job->state;
    struct tiff_layout *layout = packet;
    uint64_t parts;

    const struct tiff_codec *codec = choose_codec(self, info);
    int32_t status = convert_for_codec(job, codec, info);
    if (status != MIM_OK)
        return status;
    uint32_t bits = tiff_sample_bits(info->sample);
    if (info->channels > UINT16_MAX || !bits)
        return job->host->fail(job, MIM_ARGUMENT, MIM_UNKNOWN, "TIFF does not support frames of %u channels",
                               info->channels);

    *layout = (struct tiff_layout){ .index = index,
                                    .codec = codec,
                                    .level = self->level,
                                    .width = info->width,
                                    .height = info->height,
                                    .channels = info->channels,
                                    .bits = bits,
                                    .format = format_of(info->sample) };
    status = choose_photometric(job, layout);
    if (status == MIM_OK)
        status = choose_predictor(job, layout);
    if (status != MIM_OK)
        return status;

    cut_into_pieces(self, layout);
    parts = (uint64_t)layout->across * layout->down;
    if (parts > INT32_MAX)
        return job->host->fail(job, MIM_ARGUMENT, MIM_UNKNOWN, "a page of %llu tiles, more than 2147483647",
                               (unsigned long long)parts);
    info->parts = (uint32_t)parts;
    return check_sides(job, layout);
}
