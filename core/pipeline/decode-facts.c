/* SPDX-License-Identifier: MIT */
/* Facts of a sequence without its pixels: shapes, metadata, the number of frames. */
#include "base/sample.h"
#include "base/size.h"
#include "pipeline/decode-priv.h"

/* The decoder is halted: prepare frame i for its facts, or for its metadata when `info` is NULL. */
static enum mim_status
prepare_facts(struct mim_decoder *decoder, uint64_t i, struct mim_frame_info *info, struct mim_error *err)
{
    if (mim_decoder_is_past_end(decoder, i)) {
        if (err && decoder->end.status != MIM_END)
            *err = decoder->end.error;
        return decoder->end.status;
    }
    struct mim_error error = { .frame = MIM_UNKNOWN };
    enum mim_status status = info ? mim_plugin_reader_peek(&decoder->plugin, i, info, &error)
                                  : mim_plugin_reader_look_ahead(&decoder->plugin, i, &error);
    if (status == MIM_OK)
        return MIM_OK;
    if (!mim_decoder_may_retry(status) && status != MIM_LIMIT && !(decoder->source_of && status != MIM_END))
        mim_decoder_note_end(decoder, i, status, &error);
    if (err && status != MIM_END)
        *err = error;
    return status;
}

void
mim_decoder_learn_size(struct mim_decoder *decoder)
{
    struct mim_frame_info info = { 0 };
    struct mim_conversion conversion;
    struct mim_raster shape;
    uint64_t *size = &decoder->retained.frame_bytes;
    mim_decoder_halt(decoder);
    if (mim_plugin_reader_peek(&decoder->plugin, 0, &info, NULL) != MIM_OK)
        mim_operation_forget(decoder->ring.operation, 0); /* frames are read singly until one is admitted */
    else if (mim_decode_frame_shape(&decoder->route, &info, &conversion, &shape, NULL) == MIM_OK &&
             mim_row_bytes(shape.width, shape.channels, (enum mim_sample)shape.sample, size))
        mim_picture_bytes(shape.height, *size, size);
    decoder->retained.picture_bytes = info.work_size;
    mim_ring_resume(&decoder->ring);
}

enum mim_status
mim_decoder_info(struct mim_decoder *decoder, uint64_t i, struct mim_frame_info *info, struct mim_error *err)
{
    mim_decoder_halt(decoder);
    enum mim_status status = prepare_facts(decoder, i, info, err);
    mim_ring_resume(&decoder->ring);
    if (status != MIM_OK)
        return status;

    struct mim_conversion conversion;
    struct mim_raster shape;
    status = mim_decode_frame_shape(&decoder->route, info, &conversion, &shape, err);
    info->sample = shape.sample;
    info->width = shape.width;
    info->height = shape.height;
    info->channels = shape.channels;
    return status;
}

enum mim_status
mim_decoder_frame_metadata(struct mim_decoder *decoder, uint64_t i, struct mim_meta *meta, struct mim_error *err)
{
    bool is_refused;
    mim_decoder_halt(decoder);
    enum mim_status status = prepare_facts(decoder, i, NULL, err);
    if (status == MIM_OK)
        status = mim_plugin_reader_metadata(&decoder->plugin, 0, i, decoder->plugin.lookahead.packet,
                                            &decoder->plugin.lookahead.info, meta, &is_refused, err);
    mim_ring_resume(&decoder->ring);
    return status;
}

/* Plugins without scan() count by preparing frame after frame. */
static enum mim_status
count_by_walking(struct mim_decoder *decoder, uint64_t *count, struct mim_error *err)
{
    enum mim_status status = MIM_OK;
    for (*count = 0; status == MIM_OK; *count += status == MIM_OK) {
        status = mim_operation_poll(decoder->plugin.operation, err);
        if (status == MIM_OK)
            status = prepare_facts(decoder, *count, NULL, err);
    }
    return status == MIM_END ? MIM_OK : status;
}

static enum mim_status
count_by_scanning(struct mim_decoder *decoder, uint64_t *count, struct mim_error *err)
{
    struct mim_sequence found;
    enum mim_status status = mim_plugin_reader_scan(&decoder->plugin, &found, err);
    if (status == MIM_OK && found.count == MIM_UNKNOWN)
        return count_by_walking(decoder, count, err);
    *count = found.count == MIM_UNKNOWN ? 0 : found.count;
    return status;
}

enum mim_status
mim_decoder_count(struct mim_decoder *decoder, uint64_t *count, struct mim_error *err)
{
    struct mim_sequence *known = &decoder->plugin.sequence;
    if (known->sure == MIM_SURE_EXACT) {
        *count = known->count;
        return MIM_OK;
    }

    mim_decoder_halt(decoder);
    enum mim_status status = (decoder->plugin.ops->scan ? count_by_scanning : count_by_walking)(decoder, count, err);
    if (status == MIM_OK) {
        known->count = *count;
        known->sure = MIM_SURE_EXACT;
    }
    mim_ring_resume(&decoder->ring);
    return status;
}

struct mim_offers *
mim_decoder_offers(struct mim_decoder *decoder)
{
    return &decoder->plugin.offers;
}

enum mim_status
mim_decoder_metadata(struct mim_decoder *decoder, struct mim_meta *meta, struct mim_error *err)
{
    bool is_refused;
    mim_ring_pause(&decoder->ring);
    enum mim_status status =
        mim_plugin_reader_metadata(&decoder->plugin, 0, MIM_UNKNOWN, NULL, NULL, meta, &is_refused, err);
    mim_ring_resume(&decoder->ring);
    return status;
}
