/* SPDX-License-Identifier: MIT */
/* Decodes a part of a frame, or reads its samples, and notes which pixels are missing. */
#include "pipeline/decode-priv.h"
#include "pipeline/raw-samples.h"

static enum mim_status
decode_part(struct mim_decoder *decoder, unsigned worker, struct mim_ring_step *step, struct mim_error *err)
{
    struct mim_decode_frame *frame = (struct mim_decode_frame *)step->entry;
    if (!mim_decode_frame_is_raw(frame))
        return mim_plugin_reader_pixels(&decoder->plugin, worker, frame->entry.index, frame->entry.packet, &frame->info,
                                        step->which, &frame->pixels, &step->is_refused, err);
    enum mim_status status = mim_operation_poll(decoder->plugin.operation, err);
    if (status == MIM_OK)
        status = mim_raw_samples_read(frame->source, &frame->info, step->which, &frame->pixels, err);
    if (status != MIM_TRUNCATED || !decoder->plugin.operation->keeps_damaged)
        return status;
    mim_raw_samples_salvage(frame->source, &frame->info, step->which, &frame->pixels, err);
    return MIM_OK;
}

/* The frame is delivered without some samples. Keeps the damage of the first part, with the pixels of all. */
static void
note_loss(struct mim_decoder *decoder, const struct mim_ring_step *step, const struct mim_error *error)
{
    struct mim_decode_frame *frame = (struct mim_decode_frame *)step->entry;
    struct mim_error *lost = &frame->entry.outcome.error;
    mim_pool_lock(decoder->ring.pool);
    if (frame->entry.outcome.status == MIM_OK) {
        uint64_t pixels = (frame->cut.is_known ? lost->needed : 0) + error->needed;
        bool is_first = !frame->cut.is_known || step->which < frame->cut.part;
        frame->cut.part = is_first ? step->which : frame->cut.part;
        *lost = is_first ? *error : *lost;
        lost->needed = pixels;
        lost->frame = frame->entry.index;
        frame->cut.is_known = true;
        frame->info.flags |= MIM_FRAME_DAMAGED;
    }
    mim_pool_unlock(decoder->ring.pool);
}

enum mim_status
mim_decoder_decode_part(struct mim_decoder *decoder, unsigned worker, struct mim_ring_step *step, struct mim_error *err)
{
    enum mim_status status = decode_part(decoder, worker, step, err);
    if (status == MIM_OK && err->status != MIM_OK)
        note_loss(decoder, step, err);
    return status;
}
