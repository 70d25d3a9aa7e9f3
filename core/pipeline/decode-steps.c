/* SPDX-License-Identifier: MIT */
/* The steps of reading: prepare in order, decode parts, draw bands, collect metadata, release. */
#include "base/error.h"
#include "frame/meta.h"
#include "pipeline/decode-priv.h"

#define LARGE_FRAME (4u << 20) /* bytes: worth several threads even when it is alone */

enum step_kind { STEP_PREPARE, STEP_PIXELS, STEP_METADATA, STEP_BAND, STEP_RELEASE };

static struct mim_decoder *
decoder_of(struct mim_ring *ring)
{
    return (struct mim_decoder *)ring;
}

static struct mim_decode_frame *
frame_of(struct mim_ring_entry *entry)
{
    return (struct mim_decode_frame *)entry;
}

/* --- what the frames hold ----------------------------------------------------------------------------------------- */

/* The pixels of the next frame to be delivered belong to the caller, everything else is working memory. */
static uint64_t
held_bytes(struct mim_ring *ring)
{
    struct mim_decoder *decoder = decoder_of(ring);
    uint64_t sum = mim_decoder_retained_bytes(decoder);
    if (decoder->plan.is_composed)
        sum += mim_canvas_held(&decoder->canvas.pixels);
    for (unsigned i = 0; i < ring->used; i++) {
        const struct mim_decode_frame *frame = mim_decoder_frame(decoder, i);
        sum += frame->own_bytes + (i || !mim_decoder_is_callers(decoder, frame) ? frame->out_bytes : 0);
        sum += frame->target.is_sorted && frame->out_bytes ? sizeof *frame : 0; /* it may be retained */
    }
    return sum;
}

static void
clear_frame(struct mim_ring *ring, struct mim_ring_entry *entry)
{
    struct mim_decoder *decoder = decoder_of(ring);
    decoder->canvas.outcome = entry->outcome;
    if (!frame_of(entry)->target.is_wanted)
        mim_operation_forget(ring->operation, entry->index);
    mim_decode_frame_clear(frame_of(entry));
}

void
mim_decoder_drop_passed(struct mim_decoder *decoder)
{
    while (decoder->ring.used) {
        struct mim_decode_frame *frame = mim_decoder_frame(decoder, 0);
        if (frame->target.is_wanted || !mim_decode_frame_is_done(frame))
            return;
        if (frame->checkpoint && frame->entry.outcome.status == MIM_OK) {
            mim_checkpoints_add(&decoder->plan.checkpoints, frame->entry.index + 1, frame->checkpoint);
            frame->checkpoint = NULL;
        }
        if (frame->target.is_left_out) {
            mim_decode_plan_deliver(&decoder->plan);
            decoder->reduced.count++;
        }
        mim_ring_drop_first(&decoder->ring);
    }
}

bool
mim_decoder_has_wanted(const struct mim_decoder *decoder)
{
    for (unsigned i = 0; i < decoder->ring.used; i++)
        if (mim_decoder_frame(decoder, i)->target.is_wanted)
            return true;
    return false;
}

void
mim_decoder_drop_all(struct mim_decoder *decoder)
{
    if (!decoder->ring.used)
        return;
    mim_decoder_clear_retained(decoder);
    mim_decode_plan_restart(&decoder->plan);
    while (decoder->ring.used) {
        struct mim_decode_frame *frame = mim_decoder_frame(decoder, 0);
        if (frame->packet_state != MIM_PACKET_EMPTY)
            mim_plugin_reader_release(&decoder->plugin, 0, frame->entry.packet);
        frame->target.is_wanted = false; /* forget its notices */
        mim_ring_drop_first(&decoder->ring);
    }
    decoder->result.admitted = decoder->result.delivered;
}

void
mim_decoder_halt(struct mim_decoder *decoder)
{
    mim_ring_pause(&decoder->ring);
    mim_decoder_drop_all(decoder);
}

/* Without the cost of earlier frames: a large frame that comes in parts is worth threads. */
static bool
is_large(struct mim_ring *ring)
{
    if (!ring->used)
        return false;
    const struct mim_decode_frame *frame = frame_of(mim_ring_at(ring, 0));
    return frame->entry.parts.count > 1 && frame->pixels.stride * frame->pixels.height >= LARGE_FRAME;
}

/* --- claiming steps ----------------------------------------------------------------------------------------------- */

/* A frame drawn over one that failed fails with the same error. */
static void
inherit_failure(struct mim_decoder *decoder, unsigned i)
{
    struct mim_decode_frame *frame = mim_decoder_frame(decoder, i);
    if (!decoder->plan.is_composed || frame->target.start != MIM_CANVAS_AFTER || frame->entry.outcome.status != MIM_OK)
        return;
    const struct mim_ring_outcome *before =
        i ? &mim_decoder_frame(decoder, i - 1)->entry.outcome : &decoder->canvas.outcome;
    if (before->status != MIM_OK)
        frame->entry.outcome = *before;
}

/* A band is drawn frame after frame. A frame that failed is skipped once its claimed bands are done. */
static bool
band_may_start(struct mim_decoder *decoder, unsigned i, uint32_t band)
{
    while (decoder->plan.is_composed && i--) {
        const struct mim_decode_frame *before = mim_decoder_frame(decoder, i);
        if (mim_decode_frame_is_drawable(before))
            return before->stage == MIM_DECODE_ACTIVE && before->has_band[band];
        if (!mim_ring_tally_is_idle(&before->entry.bands))
            return false;
    }
    return true;
}

static bool
wants_metadata(const struct mim_decoder *decoder, const struct mim_decode_frame *frame)
{
    return decoder->wants_metadata && frame->target.is_wanted && frame->entry.outcome.status == MIM_OK;
}

static bool
claim_work(struct mim_decoder *decoder, unsigned i, struct mim_ring_step *step)
{
    struct mim_decode_frame *frame = mim_decoder_frame(decoder, i);
    struct mim_ring_tally *parts = &frame->entry.parts, *bands = &frame->entry.bands;
    *step = (struct mim_ring_step){ .entry = &frame->entry, .is_timed = true };
    if (!mim_decode_frame_is_drawable(frame))
        return false;
    if (parts->claimed < parts->count) {
        step->kind = STEP_PIXELS;
        step->rank = step->which = parts->claimed++;
        return true;
    }
    if (!mim_decode_frame_has_pixels(frame))
        return false;
    if (bands->claimed < bands->count && band_may_start(decoder, i, bands->claimed)) {
        step->kind = STEP_BAND;
        step->which = bands->claimed++;
        step->rank = MIM_DECODE_BAND_RANK + step->which;
        return true;
    }
    if (wants_metadata(decoder, frame) && !frame->metadata.is_claimed) {
        frame->metadata.is_claimed = true;
        step->kind = STEP_METADATA;
        step->rank = MIM_DECODE_METADATA_RANK;
        return true;
    }
    return false;
}

static bool
claim_release(struct mim_decoder *decoder, struct mim_decode_frame *frame, struct mim_ring_step *step)
{
    bool is_quiet = mim_ring_tally_is_idle(&frame->entry.parts) &&
                    (frame->entry.outcome.status != MIM_OK || mim_decode_frame_has_pixels(frame)) &&
                    (frame->metadata.is_claimed ? frame->metadata.is_done : !wants_metadata(decoder, frame));
    if (frame->packet_state != MIM_PACKET_FILLED || !is_quiet)
        return false;
    frame->packet_state = MIM_PACKET_RELEASING;
    *step = (struct mim_ring_step){ .kind = STEP_RELEASE, .entry = &frame->entry, .is_timed = true };
    return true;
}

/* Not even alone can the frame be retained until its turn: only draw it on the way. */
static bool
pass_frame(struct mim_decoder *decoder, struct mim_decode_frame *frame)
{
    if (mim_decoder_retained_bytes(decoder))
        return false; /* it waits until the frame that is due is delivered */
    frame->target.is_wanted = false;
    mim_decode_plan_end_window(&decoder->plan);
    return true;
}

/* Admitting frames in order keeps errors independent of the number of threads. Space is made on the caller's thread, since the
 * plugin may have to release what is parked. false: the frame has to wait. */
static bool
admit_frame(struct mim_decoder *decoder, unsigned i, unsigned worker)
{
    struct mim_decode_frame *frame = mim_decoder_frame(decoder, i);
    struct mim_ring_outcome *outcome = &frame->entry.outcome;
    uint64_t to_retain = frame->target.is_sorted ? sizeof *frame : 0;
    bool is_admitted;
    do {
        bool is_alone = !i && mim_decoder_is_callers(decoder, frame) && !mim_decoder_retained_bytes(decoder);
        is_admitted = mim_decode_frame_admit(frame, &decoder->route, held_bytes(&decoder->ring) + to_retain, is_alone);
    } while (!is_admitted && !i && !worker && (mim_decoder_make_space(decoder) || pass_frame(decoder, frame)));
    if (is_admitted && frame->target.is_wanted)
        decoder->retained.frame_bytes = frame->out_bytes;
    mim_ring_charge(&decoder->ring);
    outcome->is_refused = outcome->is_refused && decoder->ring.state != MIM_RING_EXCLUSIVE;
    if (outcome->status != MIM_OK && outcome->error.frame == MIM_UNKNOWN)
        outcome->error.frame = frame->entry.index;
    return is_admitted;
}

static bool
claim_step(struct mim_ring *ring, unsigned worker, struct mim_ring_step *step)
{
    struct mim_decoder *decoder = decoder_of(ring);
    struct mim_decode_frame *next = worker && decoder->source_of ? NULL : mim_decoder_claim_prepare(decoder);
    if (next) {
        *step = (struct mim_ring_step){ .kind = STEP_PREPARE, .entry = &next->entry, .is_serial = true };
        return true;
    }
    for (unsigned i = 0; i < ring->used; i++) {
        struct mim_decode_frame *frame = mim_decoder_frame(decoder, i);
        if (frame->stage == MIM_DECODE_PREPARING)
            return false;
        if (frame->stage == MIM_DECODE_PREPARED && (mim_decoder_parks(decoder, frame) || !admit_frame(decoder, i, worker)))
            return false;
        inherit_failure(decoder, i);
        if (claim_work(decoder, i, step) || claim_release(decoder, frame, step))
            return true;
    }
    return false;
}

/* --- running ------------------------------------------------------------------------------------------------------ */

static enum mim_status
collect_metadata(struct mim_decoder *decoder, unsigned worker, struct mim_ring_step *step, struct mim_error *err)
{
    struct mim_decode_frame *frame = frame_of(step->entry);
    frame->metadata.items = mim_meta_create();
    if (!frame->metadata.items)
        return mim_fail_nomem(err, "metadata");
    return mim_plugin_reader_metadata(&decoder->plugin, worker, frame->entry.index, frame->entry.packet, &frame->info,
                                      frame->metadata.items, &step->is_refused, err);
}

static void
run_step(struct mim_ring *ring, unsigned worker, struct mim_ring_step *step)
{
    struct mim_decoder *decoder = decoder_of(ring);
    struct mim_decode_frame *frame = frame_of(step->entry);
    struct mim_error error = { .frame = MIM_UNKNOWN };

    switch ((enum step_kind)step->kind) {
    case STEP_PREPARE:
        step->status =
            mim_plugin_reader_prepare(&decoder->plugin, frame->entry.index, frame->entry.packet, &frame->info, &error);
        if (step->status != MIM_OK)
            frame->entry.outcome.error = error; /* the status follows in mim_decoder_settle_prepare() */
        return;
    case STEP_PIXELS:
        step->status = mim_decoder_decode_part(decoder, worker, step, &error);
        break;
    case STEP_METADATA:
        step->status = collect_metadata(decoder, worker, step, &error);
        break;
    case STEP_BAND:
        mim_decode_frame_finish_band(frame, &decoder->route, step->which, &step->loss);
        if (step->loss.unscaled)
            step->status = mim_conversion_fail_unscaled(&frame->conversion, &error);
        break;
    case STEP_RELEASE:
        mim_plugin_reader_release(&decoder->plugin, worker, frame->entry.packet);
        break;
    }
    if (step->status != MIM_OK)
        mim_ring_note_failure(ring, step, &error);
}

static void
settle_step(struct mim_ring *ring, struct mim_ring_step *step)
{
    struct mim_decoder *decoder = decoder_of(ring);
    struct mim_decode_frame *frame = frame_of(step->entry);

    switch ((enum step_kind)step->kind) {
    case STEP_PREPARE:
        mim_decoder_settle_prepare(decoder, frame, step->status);
        break;
    case STEP_PIXELS:
        frame->entry.parts.done++;
        break;
    case STEP_METADATA:
        frame->metadata.is_done = true;
        break;
    case STEP_BAND:
        frame->entry.bands.done++;
        frame->has_band[step->which] = true;
        mim_conversion_loss_add(&frame->loss, &step->loss);
        break;
    case STEP_RELEASE:
        frame->packet_state = MIM_PACKET_EMPTY;
        break;
    }
    /* a frame may inherit a failure after its last step */
    for (unsigned i = 0; i < ring->used && mim_decoder_frame(decoder, i)->stage == MIM_DECODE_ACTIVE; i++)
        inherit_failure(decoder, i);
    mim_decoder_drop_passed(decoder);
}

const struct mim_ring_ops mim_decode_steps = {
    .entry_size = sizeof(struct mim_decode_frame),
    .claim = claim_step,
    .run = run_step,
    .settle = settle_step,
    .clear = clear_frame,
    .held_bytes = held_bytes,
    .is_large = is_large,
};
