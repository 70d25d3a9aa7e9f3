/* SPDX-License-Identifier: MIT */
/* The writing pipeline: which step is next, for one thread and for many. */
#include "pipeline/encode-steps.h"

enum step_kind { STEP_ACCEPT, STEP_CONVERT, STEP_ENCODE, STEP_PUT };

struct step {
    enum step_kind kind;
    uint32_t which; /* band or part */
    struct mim_encode_frame *slot, *before, *after;
    enum mim_status status;
    bool starved;
};
_Static_assert(sizeof(struct step) <= MIM_POOL_STEP_SIZE, "a step fits");

bool
mim_encoder_looks_back(const struct mim_encoder *encoder)
{
    return encoder->writer->ops->flags & MIM_WRITER_PREVIOUS;
}

static bool
looks_ahead(const struct mim_encoder *encoder)
{
    return encoder->writer->ops->flags & MIM_WRITER_NEXT;
}

/* Frames that one encode() needs at once: these are held whatever the ceiling. */
unsigned
mim_encoder_least_room(const struct mim_encoder *encoder)
{
    return 1u + mim_encoder_looks_back(encoder) + looks_ahead(encoder);
}

void
mim_encoder_charge(struct mim_encoder *encoder)
{
    uint64_t sum = 0;
    for (unsigned i = mim_encoder_least_room(encoder); i < encoder->used; i++)
        sum += mim_encode_frame_bytes(mim_encoder_slot(encoder, i));
    /* who encodes alone must come to the same verdict, however many frames wait */
    mim_memory_budget_set_frames(&encoder->writer->operation->budget, encoder->solo ? 0 : sum);
}

static bool
ready(const struct mim_encode_frame *slot)
{
    return slot->stage >= MIM_ENCODE_READY;
}

static bool
may_encode(struct mim_encoder *encoder, unsigned i)
{
    if (mim_encoder_slot(encoder, i)->stage != MIM_ENCODE_READY || mim_encoder_slot(encoder, i)->status != MIM_OK)
        return false;
    if (looks_ahead(encoder)) {
        bool last = i + 1 == encoder->used;
        if (last ? !encoder->finishing : !ready(mim_encoder_slot(encoder, i + 1)))
            return false;
    }
    return !mim_encoder_looks_back(encoder) || !i || ready(mim_encoder_slot(encoder, i - 1));
}

static bool
encoded(const struct mim_encode_frame *slot)
{
    if (slot->stage != MIM_ENCODE_READY || slot->parts_done != slot->parts_claimed)
        return false;
    return slot->status != MIM_OK || slot->parts_done == slot->info.parts;
}

static bool
claim_in_slot(struct mim_encoder *encoder, unsigned i, bool *first_unput, struct step *step)
{
    struct mim_encode_frame *slot = mim_encoder_slot(encoder, i);
    if (slot->stage == MIM_ENCODE_PUT)
        return false;

    bool turn = *first_unput;
    *first_unput = false;
    *step = (struct step){ .slot = slot };
    if (slot->stage == MIM_ENCODE_GIVEN && slot->status == MIM_OK && !encoder->serial_busy) {
        step->kind = STEP_ACCEPT;
        encoder->serial_busy = true;
        return true;
    }
    if (slot->stage == MIM_ENCODE_ACCEPTED && slot->bands_claimed < slot->bands && slot->status == MIM_OK) {
        step->kind = STEP_CONVERT;
        step->which = slot->bands_claimed++;
        return true;
    }
    if (encoder->solo && !turn)
        return false;
    if (may_encode(encoder, i) && slot->parts_claimed < slot->info.parts) {
        step->kind = STEP_ENCODE;
        step->which = slot->parts_claimed++;
        step->before = i ? mim_encoder_slot(encoder, i - 1) : NULL;
        step->after = i + 1 < encoder->used ? mim_encoder_slot(encoder, i + 1) : NULL;
        return true;
    }
    if (turn && encoded(slot) && slot->status == MIM_OK && !encoder->serial_busy) {
        step->kind = STEP_PUT;
        encoder->serial_busy = true;
        return true;
    }
    return false;
}

static bool
claim(struct mim_pool_client *client, unsigned worker, void *out)
{
    struct mim_encoder *encoder = mim_encoder_of(client);
    if (encoder->status != MIM_OK ||
        (worker && (!encoder->attached || encoder->solo || mim_pool_pace_is_tiny(&encoder->pace))))
        return false;
    bool first_unput = true;
    for (unsigned i = 0; i < encoder->used; i++) {
        const struct mim_encode_frame *slot = mim_encoder_slot(encoder, i);
        if (first_unput && slot->stage != MIM_ENCODE_PUT && slot->status != MIM_OK)
            return false; /* the verdict has fallen: nothing follows a failed put */
        if (claim_in_slot(encoder, i, &first_unput, out))
            return true;
    }
    return false;
}

enum mim_status
mim_encoder_accept(struct mim_encoder *encoder, struct mim_encode_frame *slot, struct mim_error *err)
{
    enum mim_status status = mim_plugin_writer_metadata(encoder->writer, slot->frame.meta, slot->index, err);
    if (status == MIM_OK)
        status = mim_plugin_writer_accepts(encoder->writer, slot->index, slot->packet, &slot->info, err);
    return status == MIM_OK ? mim_encode_frame_accepted(slot, encoder->writer, err) : status;
}

static enum mim_status
encode(struct mim_encoder *encoder, unsigned worker, struct step *step, struct mim_error *err)
{
    struct mim_encode_frame *slot = step->slot;
    uint64_t started = mim_clock_ns();
    const struct mim_neighbours neighbours = {
        .struct_size = sizeof neighbours,
        .previous = mim_encoder_looks_back(encoder) && step->before ? &step->before->raster : NULL,
        .next = looks_ahead(encoder) && step->after ? &step->after->raster : NULL,
    };
    enum mim_status status =
        mim_plugin_writer_encode(encoder->writer, worker, slot->index, slot->packet, &slot->info, step->which,
                                 &slot->raster, &neighbours, &slot->coded[step->which], &step->starved, err);
    __atomic_fetch_add(&slot->cost_ns, mim_clock_ns() - started, __ATOMIC_RELAXED);
    return status;
}

static void
fail_slot(struct mim_encode_frame *slot, enum mim_status status, const struct mim_error *error)
{
    slot->status = status;
    slot->error = *error;
    if (slot->error.frame == MIM_UNKNOWN)
        slot->error.frame = slot->index;
}

/* Several parts of one frame may fail at once: the first of them counts, as on a single thread. */
static void
note_failure(struct mim_encoder *encoder, const struct step *step, const struct mim_error *error)
{
    struct mim_encode_frame *slot = step->slot;
    if (slot->status != MIM_OK && step->which > slot->failed_part)
        return;
    fail_slot(slot, step->status, error);
    slot->failed_part = step->which;
    slot->starved = step->starved && !encoder->solo;
}

static void
run(struct mim_pool_client *client, unsigned worker, void *in)
{
    struct mim_encoder *encoder = mim_encoder_of(client);
    struct step *step = in;
    struct mim_encode_frame *slot = step->slot;
    struct mim_error error = { .frame = MIM_UNKNOWN };
    struct mim_conversion_loss loss = { 0 };

    switch (step->kind) {
    case STEP_ACCEPT:
        step->status = mim_encoder_accept(encoder, slot, &error);
        break;
    case STEP_CONVERT:
        mim_encode_frame_convert_band(slot, step->which, &loss);
        break;
    case STEP_ENCODE:
        step->status = encode(encoder, worker, step, &error);
        break;
    case STEP_PUT:
        step->status = mim_encode_frame_put(slot, encoder->writer, &error);
        break;
    }
    mim_pool_lock(encoder->pool);
    if (step->status != MIM_OK)
        note_failure(encoder, step, &error);
    mim_conversion_loss_add(&slot->loss, &loss);
    mim_pool_unlock(encoder->pool);
}

void
mim_encoder_drop_first(struct mim_encoder *encoder)
{
    mim_encode_frame_clear(mim_encoder_slot(encoder, 0), encoder->writer);
    encoder->first = (encoder->first + 1) % encoder->slot_count;
    encoder->used--;
}

/* A frame that is written goes, unless the next one still looks at it. */
static void
drop_written(struct mim_encoder *encoder)
{
    while (encoder->used && mim_encoder_slot(encoder, 0)->stage == MIM_ENCODE_PUT) {
        bool looked_at = mim_encoder_looks_back(encoder) && !encoder->finishing && encoder->used == 1;
        if (mim_encoder_looks_back(encoder) && encoder->used > 1) {
            const struct mim_encode_frame *next = mim_encoder_slot(encoder, 1);
            looked_at = next->stage != MIM_ENCODE_PUT && (next->status != MIM_OK || !encoded(next));
        }
        if (looked_at)
            break;
        mim_encoder_drop_first(encoder);
    }
    mim_encoder_charge(encoder);
}

static void
settle_put(struct mim_encoder *encoder, struct mim_encode_frame *slot)
{
    mim_pool_pace_note(&encoder->pace, slot->cost_ns);
    slot->stage = MIM_ENCODE_PUT;
    for (uint32_t i = 0; i < slot->info.parts; i++)
        mim_coded_clear(&slot->coded[i], &encoder->writer->operation->budget);
    encoder->solo = false;
    drop_written(encoder);
}

static bool
settle(struct mim_pool_client *client, unsigned worker, void *in)
{
    struct mim_encoder *encoder = mim_encoder_of(client);
    struct step *step = in;
    struct mim_encode_frame *slot = step->slot;
    (void)worker;

    switch (step->kind) {
    case STEP_ACCEPT:
        encoder->serial_busy = false;
        if (step->status == MIM_OK)
            slot->stage = mim_encode_frame_next_stage(slot);
        break;
    case STEP_CONVERT:
        if (++slot->bands_done == slot->bands) {
            struct mim_error error;
            enum mim_status status = mim_encode_frame_converted(slot, encoder->writer, &error);
            if (status != MIM_OK)
                fail_slot(slot, status, &error);
        }
        break;
    case STEP_ENCODE:
        slot->parts_done++;
        break;
    case STEP_PUT:
        encoder->serial_busy = false;
        if (step->status == MIM_OK)
            settle_put(encoder, slot);
        break;
    }
    return encoder->attached && !mim_pool_pace_is_tiny(&encoder->pace);
}

struct mim_pool_client
mim_encoder_client(void)
{
    return (struct mim_pool_client){ .claim = claim, .run = run, .settle = settle };
}
