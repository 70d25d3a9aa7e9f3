/* SPDX-License-Identifier: MIT */
/* The steps of writing: accept in order, convert bands, encode parts, put in order. */
#include "pipeline/encode-priv.h"
#include "plugin/joined-metadata.h"
#include "plugin/offer-notices.h"

#define LARGE_FRAME (4u << 20)    /* bytes: worth several threads even when it is alone */
#define SIZEABLE_FRAME (1u << 19) /* bytes: worth them when others follow, before their cost is known */

enum step_kind { STEP_ACCEPT, STEP_CONVERT, STEP_ENCODE, STEP_PUT };

struct encode_step {
    struct mim_ring_step base; /* first */
    const struct mim_encode_frame *before, *after;
};
_Static_assert(sizeof(struct encode_step) <= MIM_POOL_STEP_SIZE, "a step fits");

static struct mim_encoder *
encoder_of(struct mim_ring *ring)
{
    return (struct mim_encoder *)ring;
}

static struct mim_encode_frame *
frame_of(struct mim_ring_entry *entry)
{
    return (struct mim_encode_frame *)entry;
}

/* --- what the frames hold ----------------------------------------------------------------------------------------- */

/* Frames that one encode() needs at once do not count. Nor does any frame in EXCLUSIVE, where the verdict must not depend
 * on how many frames wait. */
static uint64_t
held_bytes(struct mim_ring *ring)
{
    uint64_t sum = 0;
    if (ring->state == MIM_RING_EXCLUSIVE)
        return 0;
    for (unsigned i = ring->min_capacity; i < ring->used; i++)
        sum += mim_encode_frame_bytes(frame_of(mim_ring_at(ring, i)));
    return sum;
}

static void
clear_frame(struct mim_ring *ring, struct mim_ring_entry *entry)
{
    mim_encode_frame_clear(frame_of(entry), encoder_of(ring)->writer);
}

/* The newest frame is accepted. */
static bool
is_large(struct mim_ring *ring)
{
    if (!ring->used)
        return false;
    const struct mim_encode_frame *newest = frame_of(mim_ring_at(ring, ring->used - 1));
    uint64_t bytes = mim_encode_frame_bytes(newest);
    return (newest->entry.parts.count > 1 && bytes >= LARGE_FRAME) ||
           (encoder_of(ring)->added > 1 && bytes >= SIZEABLE_FRAME);
}

/* --- claiming steps ---------------------------------------------------------------------------------------------- */

static bool
is_ready(const struct mim_encode_frame *frame)
{
    return frame->stage >= MIM_ENCODE_READY;
}

static bool
may_encode(struct mim_encoder *encoder, unsigned i)
{
    const struct mim_encode_frame *frame = mim_encoder_frame(encoder, i);
    if (frame->stage != MIM_ENCODE_READY || frame->entry.outcome.status != MIM_OK)
        return false;
    if (mim_encoder_looks_ahead(encoder)) {
        bool is_last = i + 1 == encoder->ring.used;
        if (is_last ? !encoder->is_finishing : !is_ready(mim_encoder_frame(encoder, i + 1)))
            return false;
    }
    return !mim_encoder_looks_back(encoder) || !i || is_ready(mim_encoder_frame(encoder, i - 1));
}

static bool
is_encoded(const struct mim_encode_frame *frame)
{
    const struct mim_ring_entry *entry = &frame->entry;
    return frame->stage == MIM_ENCODE_READY && mim_ring_tally_is_idle(&entry->parts) &&
           (entry->outcome.status != MIM_OK || mim_ring_tally_is_done(&entry->parts));
}

static void
claim_encode(struct mim_encoder *encoder, unsigned i, struct encode_step *step)
{
    step->base.kind = STEP_ENCODE;
    step->base.is_timed = true;
    step->base.rank = step->base.which = mim_encoder_frame(encoder, i)->entry.parts.claimed++;
    step->before = i ? mim_encoder_frame(encoder, i - 1) : NULL;
    step->after = i + 1 < encoder->ring.used ? mim_encoder_frame(encoder, i + 1) : NULL;
}

/* `is_first`: every frame before it is written. */
static bool
claim_in_frame(struct mim_encoder *encoder, unsigned i, bool is_first, struct encode_step *step)
{
    struct mim_ring *ring = &encoder->ring;
    struct mim_encode_frame *frame = mim_encoder_frame(encoder, i);
    struct mim_ring_tally *bands = &frame->entry.bands, *parts = &frame->entry.parts;
    bool is_sound = frame->entry.outcome.status == MIM_OK;
    *step = (struct encode_step){ .base = { .entry = &frame->entry } };
    if (frame->stage == MIM_ENCODE_GIVEN && is_sound && !ring->is_serial_busy) {
        step->base.kind = STEP_ACCEPT;
        step->base.is_serial = true;
        return true;
    }
    if (frame->stage == MIM_ENCODE_ACCEPTED && bands->claimed < bands->count && is_sound) {
        step->base.kind = STEP_CONVERT;
        step->base.which = bands->claimed++;
        return true;
    }
    if (ring->state == MIM_RING_EXCLUSIVE && !is_first)
        return false;
    if (may_encode(encoder, i) && parts->claimed < parts->count) {
        claim_encode(encoder, i, step);
        return true;
    }
    if (is_first && is_encoded(frame) && is_sound && !ring->is_serial_busy) {
        step->base.kind = STEP_PUT;
        step->base.is_serial = true;
        return true;
    }
    return false;
}

static bool
claim_step(struct mim_ring *ring, unsigned worker, struct mim_ring_step *step)
{
    struct mim_encoder *encoder = encoder_of(ring);
    bool is_first = true;
    (void)worker;
    if (encoder->status != MIM_OK)
        return false;
    for (unsigned i = 0; i < ring->used; i++) {
        const struct mim_encode_frame *frame = mim_encoder_frame(encoder, i);
        if (frame->stage == MIM_ENCODE_PUT)
            continue;
        if (is_first && frame->entry.outcome.status != MIM_OK)
            return false; /* nothing may follow a frame that failed */
        if (claim_in_frame(encoder, i, is_first, (struct encode_step *)step))
            return true;
        is_first = false;
    }
    return false;
}

/* --- running ------------------------------------------------------------------------------------------------------ */

enum mim_status
mim_encoder_accept(struct mim_encoder *encoder, struct mim_encode_frame *frame, struct mim_error *err)
{
    struct mim_plugin_writer *writer = encoder->writer;
    writer->origin = mim_encode_frame_origin(&frame->given);
    enum mim_status status = mim_offer_notices_report(writer, writer->origin.source, err);
    if (status == MIM_OK)
        status = mim_joined_metadata_offer(writer, writer->origin.source, frame->entry.index, err);
    if (status == MIM_OK)
        status = mim_plugin_writer_metadata(writer, frame->given.meta, frame->entry.index, err);
    if (status == MIM_OK)
        status = mim_plugin_writer_accepts(writer, frame->entry.index, frame->entry.packet, &frame->info, err);
    return status == MIM_OK ? mim_encode_frame_accepted(frame, writer, err) : status;
}

static enum mim_status
encode_part(struct mim_encoder *encoder, unsigned worker, struct encode_step *step, struct mim_error *err)
{
    struct mim_encode_frame *frame = frame_of(step->base.entry);
    uint32_t part = step->base.which;
    const struct mim_neighbours neighbours = {
        .struct_size = sizeof neighbours,
        .previous = mim_encoder_looks_back(encoder) && step->before ? &step->before->raster : NULL,
        .next = mim_encoder_looks_ahead(encoder) && step->after ? &step->after->raster : NULL,
    };
    return mim_plugin_writer_encode(encoder->writer, worker, frame->entry.index, frame->entry.packet, &frame->info,
                                    part, &frame->raster, &neighbours, &frame->coded[part], &step->base.is_refused,
                                    err);
}

static void
run_step(struct mim_ring *ring, unsigned worker, struct mim_ring_step *step)
{
    struct mim_encoder *encoder = encoder_of(ring);
    struct mim_encode_frame *frame = frame_of(step->entry);
    struct mim_error error = { .frame = MIM_UNKNOWN };

    switch ((enum step_kind)step->kind) {
    case STEP_ACCEPT:
        step->status = mim_encoder_accept(encoder, frame, &error);
        break;
    case STEP_CONVERT:
        mim_encode_frame_convert_band(frame, step->which, &step->loss);
        break;
    case STEP_ENCODE:
        step->status = encode_part(encoder, worker, (struct encode_step *)step, &error);
        break;
    case STEP_PUT:
        step->status = mim_encode_frame_put(frame, encoder->writer, &error);
        break;
    }
    if (step->status != MIM_OK)
        mim_ring_note_failure(ring, step, &error);
}

static void
settle_convert(struct mim_encoder *encoder, struct mim_encode_frame *frame, const struct mim_conversion_loss *loss)
{
    mim_conversion_loss_add(&frame->loss, loss);
    frame->entry.bands.done++;
    if (!mim_ring_tally_is_done(&frame->entry.bands))
        return;
    struct mim_error error;
    enum mim_status status = mim_encode_frame_converted(frame, encoder->writer, &error);
    if (status != MIM_OK)
        mim_ring_fail(&frame->entry, status, &error);
}

/* Drop frames that are written, unless encode() of the next frame still looks at them. */
static void
drop_written(struct mim_encoder *encoder)
{
    struct mim_ring *ring = &encoder->ring;
    while (ring->used && mim_encoder_frame(encoder, 0)->stage == MIM_ENCODE_PUT) {
        bool is_looked_at = mim_encoder_looks_back(encoder) && !encoder->is_finishing && ring->used == 1;
        if (mim_encoder_looks_back(encoder) && ring->used > 1) {
            const struct mim_encode_frame *next = mim_encoder_frame(encoder, 1);
            is_looked_at = next->stage != MIM_ENCODE_PUT && (next->entry.outcome.status != MIM_OK || !is_encoded(next));
        }
        if (is_looked_at)
            break;
        mim_ring_drop_first(ring);
    }
    mim_ring_charge(ring);
}

static void
settle_put(struct mim_encoder *encoder, struct mim_encode_frame *frame)
{
    frame->stage = MIM_ENCODE_PUT;
    for (uint32_t i = 0; i < frame->entry.parts.count; i++)
        mim_coded_clear(&frame->coded[i], &encoder->writer->operation->budget);
    mim_ring_complete(&encoder->ring, &frame->entry);
    drop_written(encoder);
}

static void
settle_step(struct mim_ring *ring, struct mim_ring_step *step)
{
    struct mim_encoder *encoder = encoder_of(ring);
    struct mim_encode_frame *frame = frame_of(step->entry);

    switch ((enum step_kind)step->kind) {
    case STEP_ACCEPT:
        if (step->status == MIM_OK)
            frame->stage = mim_encode_frame_next_stage(frame);
        break;
    case STEP_CONVERT:
        settle_convert(encoder, frame, &step->loss);
        break;
    case STEP_ENCODE:
        frame->entry.parts.done++;
        break;
    case STEP_PUT:
        if (step->status == MIM_OK)
            settle_put(encoder, frame);
        break;
    }
}

const struct mim_ring_ops mim_encode_steps = {
    .entry_size = sizeof(struct mim_encode_frame),
    .claim = claim_step,
    .run = run_step,
    .settle = settle_step,
    .clear = clear_frame,
    .held_bytes = held_bytes,
    .is_large = is_large,
};
