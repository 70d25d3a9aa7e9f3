/* SPDX-License-Identifier: MIT */
/* libwebp decodes a frame into the raster. It gets the bytes in pieces, so that a large frame can be cancelled. */
#include "read/pixels.h"

#include <webp/decode.h>

#include <mim/kit/orientation.h>

enum { PIECE = 256 * 1024 };

/*
 * VP8 needs some rows; alpha and VP8L need all pixels, and VP8L a table for each group of codes, which covers at least 4 x 4 pixels.
 * libwebp writes at most 2600 groups, and 400 bytes or more for each.
 */
uint64_t
webp_pixels_memory(const struct webp_frame *frame)
{
    enum { BASE = 64 * 1024, COLUMN = 128, ALPHA = 5, ARGB = 4, GROUP = 14 * 1024, GROUP_CODED = 128, GROUPS_MAX = 2600 };
    uint64_t pixels = (uint64_t)frame->width * frame->height, columns = (uint64_t)frame->width * COLUMN;
    uint64_t groups = 1 + (pixels / 16 < frame->lossless_size / GROUP_CODED ? pixels / 16 : frame->lossless_size / GROUP_CODED);

    groups = groups < GROUPS_MAX ? groups : GROUPS_MAX;
    if (!frame->is_lossless && !frame->has_alpha)
        return BASE + columns;
    return BASE + columns + groups * GROUP + pixels * (frame->is_lossless ? ARGB : ALPHA);
}

/* The frame's bytes, in the source's memory or the worker's. NULL with a status. */
static const uint8_t *
load_coded(struct mim_job *job, const struct webp_frame *frame, int32_t *status)
{
    struct webp_worker *worker = job->worker;
    const uint8_t *lent = job->host->view(job, frame->offset, frame->size);
    if (lent)
        return lent;

    uint8_t *bytes = mim_scratch_get(job, &worker->coded, frame->size);
    *status = bytes ? MIM_OK : MIM_NOMEM;
    int64_t got = bytes ? job->host->read_at(job, bytes, frame->size, frame->offset) : 0;
    if (got < 0)
        *status = (int32_t)-got;
    else if (bytes && (uint64_t)got < frame->size)
        *status = job->host->fail(job, MIM_TRUNCATED, frame->offset + (uint64_t)got, "the file ends inside a frame");
    return *status == MIM_OK ? bytes : NULL;
}

static int32_t
fail_decoding(struct mim_job *job, const struct webp_frame *frame, VP8StatusCode code)
{
    if (code == VP8_STATUS_OUT_OF_MEMORY)
        return job->host->fail(job, MIM_NOMEM, MIM_UNKNOWN, "no memory for libwebp");
    if (frame->is_cut)
        return job->host->fail(job, MIM_TRUNCATED, frame->offset + frame->size, "the file ends inside the frame");
    return job->host->fail(job, MIM_CORRUPT, frame->offset,
                           code == VP8_STATUS_SUSPENDED ? "the data of the frame end early"
                                                        : "the data of the frame are damaged");
}

static int32_t
feed_decoder(struct mim_job *job, const struct webp_frame *frame, WebPIDecoder *decoder, const uint8_t *bytes)
{
    VP8StatusCode code = VP8_STATUS_SUSPENDED;

    for (uint64_t size = 0; size < frame->size && code == VP8_STATUS_SUSPENDED;) {
        int32_t status = job->host->poll(job);
        if (status != MIM_OK)
            return status;
        size = frame->size - size < PIECE ? frame->size : size + PIECE;
        code = WebPIUpdate(decoder, bytes, (size_t)size);
    }
    return code == VP8_STATUS_OK && !frame->is_cut ? MIM_OK : fail_decoding(job, frame, code);
}

/* After damage: keep the rows before it, if they are wanted. */
static int32_t
keep_rows(struct mim_job *job, const WebPIDecoder *decoder, struct mim_raster *raster)
{
    int rows = 0;

    if (!WebPIDecGetRGB(decoder, &rows, NULL, NULL, NULL))
        rows = 0;
    const struct mim_rect lost = { 0, (uint32_t)rows, raster->width, raster->height - (uint32_t)rows };
    return job->host->keep_damaged(job, raster, &lost);
}

static int32_t
decode_stored(struct mim_job *job, const struct webp_frame *frame, struct mim_raster *raster)
{
    WebPDecoderConfig config;
    int32_t status = MIM_OK;

    const uint8_t *bytes = load_coded(job, frame, &status);
    if (!bytes)
        return status;
    if (!WebPInitDecoderConfig(&config))
        return job->host->fail(job, MIM_UNSUPPORTED, MIM_UNKNOWN, "libwebp has another ABI than the plugin was built with");
    config.output.colorspace = raster->channels == 4 ? MODE_RGBA : MODE_RGB;
    config.output.is_external_memory = 1;
    config.output.u.RGBA.rgba = raster->data;
    config.output.u.RGBA.stride = (int)raster->stride;
    config.output.u.RGBA.size = (size_t)(raster->stride * (raster->height - 1) + (uint64_t)raster->width * raster->channels);
    WebPIDecoder *decoder = WebPIDecode(NULL, 0, &config);
    if (!decoder)
        return fail_decoding(job, frame, VP8_STATUS_OUT_OF_MEMORY);
    status = feed_decoder(job, frame, decoder, bytes);
    if (status == MIM_TRUNCATED || status == MIM_CORRUPT)
        status = keep_rows(job, decoder, raster);
    WebPIDelete(decoder);
    return status;
}

static int32_t
decode_turned(struct mim_job *job, const struct webp_frame *frame, uint8_t orientation, struct mim_raster *raster)
{
    struct webp_worker *worker = job->worker;
    struct mim_raster stored = *raster;

    stored.width = frame->width;
    stored.height = frame->height;
    stored.stride = (uint64_t)stored.width * stored.channels;
    stored.data = mim_scratch_get(job, &worker->stored, stored.stride * stored.height);
    int32_t status = stored.data ? decode_stored(job, frame, &stored) : MIM_NOMEM;
    for (uint32_t row = 0; row < stored.height && status == MIM_OK; row++) {
        mim_orientation_place_row(mim_orientation_get(orientation), stored.data + row * stored.stride, row, stored.width,
                                  stored.channels, raster);
        status = job->host->poll(job);
    }
    return status;
}

int32_t
webp_pixels(struct mim_job *job, const void *packet, const struct mim_frame_info *info, uint32_t part,
            struct mim_raster *raster)
{
    const struct webp_reader *self = job->state;
    (void)info, (void)part;

    return self->orientation > 1 ? decode_turned(job, packet, self->orientation, raster) : decode_stored(job, packet, raster);
}
