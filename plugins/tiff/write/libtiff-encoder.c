/* SPDX-License-Identifier: MIT */
/* libtiff as a compressor of strips and tiles: each worker has a handle that emits what it writes. */
#include "write/libtiff-encoder.h"

#include <stdio.h>
#include <string.h>

static tmsize_t
refuse_to_read(thandle_t user, void *data, tmsize_t size)
{
    (void)user, (void)data, (void)size;
    return -1;
}

static tmsize_t
emit_coded(thandle_t user, void *data, tmsize_t size)
{
    struct tiff_libtiff_encoder *encoder = user;
    if (encoder->is_quiet)
        return size;
    int32_t status = encoder->job->host->emit(encoder->job, data, (uint64_t)size);
    if (status != MIM_OK)
        encoder->status = status;
    return status == MIM_OK ? size : -1;
}

/* The end is always at 0, so that libtiff never rewrites an earlier strip. */
static toff_t
seek_nowhere(thandle_t user, toff_t offset, int whence)
{
    (void)user;
    return whence == SEEK_SET ? offset : 0;
}

static int
close_nothing(thandle_t user)
{
    (void)user;
    return 0;
}

static toff_t
size_of_nothing(thandle_t user)
{
    (void)user;
    return 0;
}

static int
store_error(TIFF *tiff, void *user, const char *module, const char *format, va_list arguments)
{
    struct tiff_libtiff_encoder *encoder = user;
    (void)tiff, (void)module;
    if (!encoder->text[0])
        vsnprintf(encoder->text, sizeof encoder->text, format, arguments);
    return 1;
}

static int
ignore_warning(TIFF *tiff, void *user, const char *module, const char *format, va_list arguments)
{
    (void)tiff, (void)user, (void)module, (void)format, (void)arguments;
    return 1;
}

/* BigTIFF has no limit of offsets; the directory is never written. */
static TIFF *
open_handle(struct tiff_libtiff_encoder *encoder)
{
    TIFFOpenOptions *options = TIFFOpenOptionsAlloc();
    if (!options)
        return NULL;
    TIFFOpenOptionsSetErrorHandlerExtR(options, store_error, encoder);
    TIFFOpenOptionsSetWarningHandlerExtR(options, ignore_warning, encoder);
    encoder->is_quiet = true;
    TIFF *tiff = TIFFClientOpenExt("TIFF", "w8m", encoder, refuse_to_read, emit_coded, seek_nowhere, close_nothing,
                                   size_of_nothing, NULL, NULL, options);
    encoder->is_quiet = false;
    TIFFOpenOptionsFree(options);
    return tiff;
}

/* Without predictor, which pack_rows() has applied. */
static bool
set_codec_fields(TIFF *tiff, const struct tiff_layout *layout)
{
    uint16_t scheme = layout->codec->scheme;
    if (layout->level >= 0 && !TIFFSetField(tiff, layout->codec->level_tag, (int)layout->level))
        return false;
    if (scheme == COMPRESSION_WEBP && layout->level == 100 && !TIFFSetField(tiff, TIFFTAG_WEBP_LOSSLESS, 1))
        return false;
    if (scheme != COMPRESSION_JPEG)
        return true;
    /* each strip has its own tables: a tag for the page would depend on the worker that came first */
    return TIFFSetField(tiff, TIFFTAG_JPEGTABLESMODE, 0) &&
           (layout->photometric != PHOTOMETRIC_YCBCR || TIFFSetField(tiff, TIFFTAG_JPEGCOLORMODE, JPEGCOLORMODE_RGB));
}

static bool
set_fields(TIFF *tiff, const struct tiff_layout *layout)
{
    uint16_t extras[UINT8_MAX] = { 0 };
    uint32_t colours = layout->photometric == PHOTOMETRIC_RGB || layout->photometric == PHOTOMETRIC_YCBCR ? 3 : 1;
    uint32_t extra = layout->channels - colours;
    bool is_set = TIFFSetField(tiff, TIFFTAG_IMAGEWIDTH, layout->width) &&
                  TIFFSetField(tiff, TIFFTAG_IMAGELENGTH, layout->height) &&
                  TIFFSetField(tiff, TIFFTAG_SAMPLESPERPIXEL, layout->channels) &&
                  TIFFSetField(tiff, TIFFTAG_BITSPERSAMPLE, layout->bits) &&
                  TIFFSetField(tiff, TIFFTAG_SAMPLEFORMAT, layout->format) &&
                  TIFFSetField(tiff, TIFFTAG_PHOTOMETRIC, layout->photometric) &&
                  TIFFSetField(tiff, TIFFTAG_PLANARCONFIG, PLANARCONFIG_CONTIG) &&
                  TIFFSetField(tiff, TIFFTAG_COMPRESSION, layout->codec->scheme);
    if (is_set && extra && extra < UINT8_MAX)
        is_set = TIFFSetField(tiff, TIFFTAG_EXTRASAMPLES, extra, extras);
    if (is_set && layout->is_tiled)
        is_set = TIFFSetField(tiff, TIFFTAG_TILEWIDTH, layout->piece_width) &&
                 TIFFSetField(tiff, TIFFTAG_TILELENGTH, layout->piece_height);
    else if (is_set)
        is_set = TIFFSetField(tiff, TIFFTAG_ROWSPERSTRIP, layout->piece_height);
    return is_set && set_codec_fields(tiff, layout);
}

static int32_t
fail_encoder(struct tiff_libtiff_encoder *encoder, const char *what)
{
    struct mim_job *job = encoder->job;
    if (encoder->status)
        return job->host->fail(job, encoder->status, MIM_UNKNOWN, "%s", what);
    int32_t status = !encoder->text[0] || strstr(encoder->text, "memory") || strstr(encoder->text, "No space")
                         ? MIM_NOMEM
                         : MIM_UNSUPPORTED;
    return job->host->fail(job, status, MIM_UNKNOWN, "%s: %s", what, encoder->text[0] ? encoder->text : "no memory");
}

/* TIFFCleanup() writes a directory, which is dropped. */
void
tiff_libtiff_encoder_close(struct tiff_libtiff_encoder *encoder)
{
    encoder->is_quiet = true;
    if (encoder->tiff)
        TIFFCleanup(encoder->tiff);
    encoder->is_quiet = false;
    encoder->tiff = NULL;
}

/* Pages that differ in their index only share a handle. */
static int32_t
set_up_encoder(struct tiff_libtiff_encoder *encoder, const struct tiff_layout *layout)
{
    struct tiff_layout shape = *layout;
    shape.index = 0;
    if (encoder->tiff && memcmp(&shape, &encoder->shape, sizeof shape) == 0)
        return MIM_OK;

    tiff_libtiff_encoder_close(encoder);
    encoder->tiff = open_handle(encoder);
    memset(&encoder->shape, 0, sizeof encoder->shape);
    if (!encoder->tiff || !set_fields(encoder->tiff, layout))
        return fail_encoder(encoder, "cannot set up libtiff for this page");
    memcpy(&encoder->shape, &shape, sizeof shape);
    return MIM_OK;
}

int32_t
tiff_libtiff_encode(struct tiff_libtiff_encoder *encoder, struct mim_job *job, const struct tiff_layout *layout,
                    uint32_t part, uint8_t *data, uint64_t size)
{
    encoder->job = job;
    encoder->status = MIM_OK;
    encoder->text[0] = '\0';
    int32_t status = set_up_encoder(encoder, layout);
    if (status != MIM_OK)
        return status;
    tmsize_t done = layout->is_tiled ? TIFFWriteEncodedTile(encoder->tiff, part, data, (tmsize_t)size)
                                     : TIFFWriteEncodedStrip(encoder->tiff, part, data, (tmsize_t)size);
    if (done != (tmsize_t)size) {
        status = fail_encoder(encoder, "libtiff cannot compress this page");
        tiff_libtiff_encoder_close(encoder);
    }
    return status;
}
