/* SPDX-License-Identifier: MIT */
/* Hands decoded frames over to the caller. */
#include <string.h>

#include "base/error.h"
#include "frame/buffer.h"
#include "frame/meta.h"
#include "pipeline/conversion-notices.h"
#include "pipeline/decode-priv.h"

/* A frame without any pixel is no frame. */
static enum mim_status
outcome_of(const struct mim_decode_frame *frame)
{
    const struct mim_ring_outcome *outcome = &frame->entry.outcome;
    bool is_empty =
        frame->cut.is_known && outcome->error.needed >= (uint64_t)frame->info.width * frame->info.height;
    return is_empty ? outcome->error.status : outcome->status;
}

static enum mim_status
hand_over(struct mim_decoder *decoder, struct mim_decode_frame *frame, struct mim_frame *to, struct mim_error *err)
{
    const struct mim_ring_entry *entry = &frame->entry;
    const struct mim_notice_origin origin = { .frame = entry->index, .place = entry->index, .step = UINT32_MAX };
    enum mim_status status = outcome_of(frame);
    if (status != MIM_OK && err)
        *err = entry->outcome.error;
    if (status == MIM_OK && frame->target.is_sorted && decoder->route.result)
        status = mim_decode_frame_check_result(frame, &decoder->route, err);
    if (status == MIM_OK)
        status = mim_conversion_report(&frame->conversion, &frame->loss, decoder->ring.operation, &origin, err);
    if (status == MIM_OK && frame->cut.is_known)
        status = mim_damage_report(entry->outcome.error.needed, frame->info.width, frame->info.height, decoder->ring.operation,
                                   &origin, err);
    if (status == MIM_OK)
        status = mim_decode_frame_deliver(frame, &decoder->route, to, err);
    decoder->damage.status = MIM_OK;
    if (status == MIM_OK && frame->cut.is_known)
        decoder->damage = entry->outcome.error;
    if (status != MIM_OK && err && err->frame == MIM_UNKNOWN)
        err->frame = entry->index;
    return status;
}

static void
count_result(struct mim_decoder *decoder, const struct mim_decode_frame *frame)
{
    uint64_t bytes = mim_decode_frame_packed_bytes(frame);
    decoder->result.delivered += bytes;
    decoder->result.admitted += frame->target.is_sorted ? bytes : 0;
}

/* A frame that is needed again is copied. Without memory for that it is handed over, and decoded again later. */
static bool
copy_retained(struct mim_decoder *decoder, const struct mim_decode_frame *retained, struct mim_decode_frame *copy)
{
    uint64_t size = retained->out.stride * retained->out.height;
    *copy = *retained;
    copy->metadata.items = NULL;
    copy->out_buffer = mim_buffer_get(decoder->route.store, size);
    if (!copy->out_buffer || mim_meta_copy(&copy->metadata.items, retained->metadata.items, NULL) != MIM_OK) {
        mim_buffer_release(copy->out_buffer);
        return false;
    }
    copy->out.data = mim_buffer_data(copy->out_buffer);
    memcpy(copy->out.data, retained->out.data, size);
    return true;
}

enum mim_status
mim_decoder_deliver_retained(struct mim_decoder *decoder, struct mim_decode_frame *retained, bool is_last_use,
                             struct mim_frame *to, struct mim_error *err)
{
    struct mim_decode_frame copy;
    bool is_copied =
        !is_last_use && retained->entry.outcome.status == MIM_OK && copy_retained(decoder, retained, &copy);
    enum mim_status status = hand_over(decoder, is_copied ? &copy : retained, to, err);
    if (is_copied)
        mim_decode_frame_clear(&copy);
    if (status != MIM_OK)
        return status;

    mim_pool_lock(decoder->ring.pool);
    count_result(decoder, retained);
    mim_decoder_use_retained(decoder, !is_copied);
    mim_ring_wake(&decoder->ring);
    mim_pool_unlock(decoder->ring.pool);
    return MIM_OK;
}

enum mim_status
mim_decoder_deliver_first(struct mim_decoder *decoder, struct mim_frame *to, struct mim_error *err)
{
    struct mim_ring *ring = &decoder->ring;
    struct mim_decode_frame *frame = mim_decoder_frame(decoder, 0);
    enum mim_status status = hand_over(decoder, frame, to, err);
    if (status != MIM_OK) {
        mim_decoder_halt(decoder);
        mim_decoder_restart(decoder);
        return status;
    }

    mim_pool_lock(ring->pool);
    mim_ring_complete(ring, &frame->entry);
    mim_decode_plan_deliver(&decoder->plan);
    count_result(decoder, frame);
    mim_ring_drop_first(ring);
    mim_decoder_drop_passed(decoder);
    mim_ring_wake(ring);
    mim_pool_unlock(ring->pool);
    return MIM_OK;
}
