/* SPDX-License-Identifier: MIT */
/* The serial step of reading: whether a frame may be prepared, which one, and what its facts settle. */
#include "frame/buffer.h"
#include "pipeline/decode-priv.h"

/* All visits of a sorted window are needed, most of them before the frame that is due. */
static bool
may_prepare(const struct mim_decoder *decoder)
{
    const struct mim_ring *ring = &decoder->ring;
    unsigned capacity = ring->state == MIM_RING_EXCLUSIVE ? 1 : mim_ring_capacity(ring);
    if (ring->is_serial_busy || ring->used >= capacity)
        return false;
    bool reads_ahead = decoder->demand == MIM_DEMAND_READ_AHEAD || decoder->plan.window.count;
    if (reads_ahead && decoder->demand != MIM_DEMAND_NONE && ring->state == MIM_RING_SHARED)
        return true;
    return decoder->demand != MIM_DEMAND_NONE && !mim_decoder_has_wanted(decoder);
}

/* The selected frame to prepare next. false: none, or those in flight have to be delivered first. */
static bool
find_selected(struct mim_decoder *decoder, uint64_t *selected)
{
    struct mim_decode_plan *plan = &decoder->plan;
    if (mim_decode_window_is_used_up(&plan->window) && !mim_decoder_open_window(decoder))
        return false;
    while (mim_decode_plan_selected(plan, selected)) {
        if (!mim_decoder_is_past_end(decoder, *selected))
            return true;
        if (plan->window.in_order)
            return false;
        plan->window.next++;
    }
    return false;
}

struct mim_decode_frame *
mim_decoder_claim_prepare(struct mim_decoder *decoder)
{
    uint64_t selected, index;
    while (may_prepare(decoder) && mim_decoder_unpark(decoder)) {
    }
    if (!may_prepare(decoder) || !find_selected(decoder, &selected))
        return NULL;
    struct mim_decode_target target = mim_decode_plan_next(&decoder->plan, selected, &index);
    if (decoder->ring.used && mim_plugin_reader_reopens_for(&decoder->plugin, index))
        return NULL;

    struct mim_decode_frame *frame = mim_decoder_frame(decoder, decoder->ring.used++);
    *frame = (struct mim_decode_frame){ .entry = { .index = index, .packet = frame->entry.packet },
                                        .target = target,
                                        .before = decoder->canvas.last,
                                        .stage = MIM_DECODE_PREPARING };
    if (target.canvas)
        mim_buffer_ref(target.canvas);
    mim_decode_plan_advance(&decoder->plan, index, &target);
    return frame;
}

bool
mim_decoder_may_retry(enum mim_status status)
{
    return status == MIM_CANCELLED || status == MIM_TIMEOUT || status == MIM_NOMEM;
}

void
mim_decoder_note_end(struct mim_decoder *decoder, uint64_t index, enum mim_status status, const struct mim_error *error)
{
    decoder->end = (struct mim_decode_end){ .is_known = true, .index = index, .status = status, .error = *error };
}

/* A frame decoded before its turn may fail where the frame that is due does not: go on frame by frame. */
static bool
may_read_singly(const struct mim_decoder *decoder, const struct mim_decode_frame *frame, enum mim_status status)
{
    uint64_t due;
    return frame->target.is_sorted && status != MIM_END && status != MIM_CANCELLED && status != MIM_TIMEOUT &&
           mim_decode_plan_due(&decoder->plan, &due) && due != frame->entry.index;
}

/* Preparing is serial, so the frame that failed is the newest. */
static void
drop_newest(struct mim_decoder *decoder)
{
    mim_decode_frame_clear(mim_decoder_frame(decoder, --decoder->ring.used));
}

static void
settle_end(struct mim_decoder *decoder, struct mim_decode_frame *frame, enum mim_status status)
{
    struct mim_ring_outcome *outcome = &frame->entry.outcome;
    bool is_refused =
        status == MIM_LIMIT && decoder->plugin.serial.refused && decoder->ring.state != MIM_RING_EXCLUSIVE;
    mim_decode_plan_drop_canvas(&decoder->plan);
    if (!is_refused && may_read_singly(decoder, frame, status)) {
        mim_operation_forget(decoder->ring.operation, frame->entry.index);
        mim_decode_plan_end_window(&decoder->plan);
        drop_newest(decoder);
        return;
    }
    if (is_refused || mim_decoder_may_retry(status) || (decoder->source_of && status != MIM_END)) {
        /* the frame failed, the sequence goes on */
        frame->stage = MIM_DECODE_ACTIVE;
        frame->target.is_wanted = true;
        outcome->is_refused = is_refused;
        outcome->status = status;
        return;
    }
    mim_decoder_note_end(decoder, frame->entry.index, status, &outcome->error);
    mim_decode_plan_miss(&decoder->plan, &frame->target);
    drop_newest(decoder);
}

/* The frame hides the canvas before it, and does not restore it afterwards. */
static bool
covers_canvas(const struct mim_decoder *decoder, const struct mim_frame_info *info)
{
    const struct mim_raster *canvas = &decoder->canvas.pixels.raster;
    return info->blend == MIM_BLEND_REPLACE && info->dispose != MIM_DISPOSE_PREVIOUS && info->x <= 0 && info->y <= 0 &&
           info->x + (int64_t)info->width >= canvas->width && info->y + (int64_t)info->height >= canvas->height;
}

/* A frame that was selected by its number is delivered whatever it is. */
static bool
is_left_out(const struct mim_decoder *decoder, const struct mim_decode_frame *frame)
{
    const struct mim_run *run = mim_cursor_run(&frame->target.cursor, decoder->plan.selection);
    return decoder->reduced.are_left_out && frame->info.flags & MIM_FRAME_REDUCED && !frame->target.is_sorted &&
           !(run && run->count == 1);
}

void
mim_decoder_settle_prepare(struct mim_decoder *decoder, struct mim_decode_frame *frame, enum mim_status status)
{
    if (status != MIM_OK) {
        settle_end(decoder, frame, status);
        return;
    }

    frame->stage = MIM_DECODE_PREPARED;
    frame->packet_state = MIM_PACKET_FILLED;
    decoder->retained.picture_bytes = frame->info.work_size;
    frame->source = decoder->source_of ? decoder->source_of(frame->entry.packet) : decoder->plugin.operation->source;
    if (decoder->plan.is_sorting && frame->info.key_frame && frame->info.key_frame < frame->entry.index)
        mim_keyframes_add(&decoder->plan.keyframes, frame->info.key_frame);
    if (is_left_out(decoder, frame)) {
        frame->stage = MIM_DECODE_ACTIVE; /* without pixels */
        frame->target.is_left_out = true;
        frame->target.is_wanted = false;
    }
    if (decoder->plan.is_sorting && frame->info.flags & MIM_FRAME_KEY) {
        mim_keyframes_add(&decoder->plan.keyframes, frame->entry.index);
        frame->target.start = MIM_CANVAS_BARE;
    }
    if (!decoder->plan.is_composed)
        return;
    if (covers_canvas(decoder, &frame->info))
        frame->target.start = MIM_CANVAS_COVERED;
    decoder->canvas.last = mim_decode_frame_placement(frame);
}
