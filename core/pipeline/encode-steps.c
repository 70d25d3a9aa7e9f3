/* SPDX-License-Identifier: MIT */
/* The writing pipeline: which step is next, for one thread and for many. */
#include "pipeline/encode-steps.h"

enum step_kind { STEP_ACCEPT, STEP_CONVERT, STEP_ENCODE, STEP_PUT };

struct step {
    enum step_kind kind;
    uint32_t which; /* band or part */
    struct mim_encode_frame *frame, *before, *after;
    enum mim_status status;
    bool is_refused;
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
mim_encoder_min_capacity(const struct mim_encoder *encoder)
{
    return 1u + mim_encoder_looks_back(encoder) + looks_ahead(encoder);
}

void
mim_encoder_charge(struct mim_encoder *encoder)
{
    uint64_t sum = 0;
    for (unsigned i = mim_encoder_min_capacity(encoder); i < encoder->used; i++)
        sum += mim_encode_frame_bytes(mim_encoder_frame(encoder, i));
    /* who encodes alone must come to the same verdict, however many frames wait */
    mim_memory_budget_set_frames(&encoder->writer->operation->budget, encoder->is_exclusive ? 0 : sum);
}

static bool
is_ready(const struct mim_encode_frame *frame)
{
    return frame->stage >= MIM_ENCODE_READY;
}

static bool
may_encode(struct mim_encoder *encoder, unsigned i)
{
    if (mim_encoder_frame(encoder, i)->stage != MIM_ENCODE_READY || mim_encoder_frame(encoder, i)->status != MIM_OK)
        return false;
    if (looks_ahead(encoder)) {
        bool last = i + 1 == encoder->used;
        if (last ? !encoder->is_finishing : !is_ready(mim_encoder_frame(encoder, i + 1)))
            return false;
    }
    return !mim_encoder_looks_back(encoder) || !i || is_ready(mim_encoder_frame(encoder, i - 1));
}

static bool
is_encoded(const struct mim_encode_frame *frame)
{
    if (frame->stage != MIM_ENCODE_READY || frame->parts_done != frame->parts_claimed)
        return false;
    return frame->status != MIM_OK || frame->parts_done == frame->info.parts;
}

static bool
claim_in_frame(struct mim_encoder *encoder, unsigned i, bool *first_unput, struct step *step)
{
    struct mim_encode_frame *frame = mim_encoder_frame(encoder, i);
    if (frame->stage == MIM_ENCODE_PUT)
        return false;

    bool turn = *first_unput;
    *first_unput = false;
    *step = (struct step){ .frame = frame };
    if (frame->stage == MIM_ENCODE_GIVEN && frame->status == MIM_OK && !encoder->is_serial_busy) {
        step->kind = STEP_ACCEPT;
        encoder->is_serial_busy = true;
        return true;
    }
    if (frame->stage == MIM_ENCODE_ACCEPTED && frame->bands_claimed < frame->bands && frame->status == MIM_OK) {
        step->kind = STEP_CONVERT;
        step->which = frame->bands_claimed++;
        return true;
    }
    if (encoder->is_exclusive && !turn)
        return false;
    if (may_encode(encoder, i) && frame->parts_claimed < frame->info.parts) {
        step->kind = STEP_ENCODE;
        step->which = frame->parts_claimed++;
        step->before = i ? mim_encoder_frame(encoder, i - 1) : NULL;
        step->after = i + 1 < encoder->used ? mim_encoder_frame(encoder, i + 1) : NULL;
        return true;
    }
    if (turn && is_encoded(frame) && frame->status == MIM_OK && !encoder->is_serial_busy) {
        step->kind = STEP_PUT;
        encoder->is_serial_busy = true;
        return true;
    }
    return false;
}

static bool
claim(struct mim_pool_client *client, unsigned worker, void *out)
{
    struct mim_encoder *encoder = mim_encoder_of(client);
    if (encoder->status != MIM_OK ||
        (worker && (!encoder->is_attached || encoder->is_exclusive || mim_pool_pace_is_tiny(&encoder->pace))))
        return false;
    bool first_unput = true;
    for (unsigned i = 0; i < encoder->used; i++) {
        const struct mim_encode_frame *frame = mim_encoder_frame(encoder, i);
        if (first_unput && frame->stage != MIM_ENCODE_PUT && frame->status != MIM_OK)
            return false; /* the verdict has fallen: nothing follows a failed put */
        if (claim_in_frame(encoder, i, &first_unput, out))
            return true;
    }
    return false;
}

enum mim_status
mim_encoder_accept(struct mim_encoder *encoder, struct mim_encode_frame *frame, struct mim_error *err)
{
    enum mim_status status = mim_plugin_writer_metadata(encoder->writer, frame->given.meta, frame->index, err);
    if (status == MIM_OK)
        status = mim_plugin_writer_accepts(encoder->writer, frame->index, frame->packet, &frame->info, err);
    return status == MIM_OK ? mim_encode_frame_accepted(frame, encoder->writer, err) : status;
}

static enum mim_status
encode(struct mim_encoder *encoder, unsigned worker, struct step *step, struct mim_error *err)
{
    struct mim_encode_frame *frame = step->frame;
    uint64_t started = mim_clock_ns();
    const struct mim_neighbours neighbours = {
        .struct_size = sizeof neighbours,
        .previous = mim_encoder_looks_back(encoder) && step->before ? &step->before->raster : NULL,
        .next = looks_ahead(encoder) && step->after ? &step->after->raster : NULL,
    };
    enum mim_status status =
        mim_plugin_writer_encode(encoder->writer, worker, frame->index, frame->packet, &frame->info, step->which,
                                 &frame->raster, &neighbours, &frame->coded[step->which], &step->is_refused, err);
    __atomic_fetch_add(&frame->cost_ns, mim_clock_ns() - started, __ATOMIC_RELAXED);
    return status;
}

static void
fail_frame(struct mim_encode_frame *frame, enum mim_status status, const struct mim_error *error)
{
    frame->status = status;
    frame->error = *error;
    if (frame->error.frame == MIM_UNKNOWN)
        frame->error.frame = frame->index;
}

/* Several parts of one frame may fail at once: the first of them counts, as on a single thread. */
static void
note_failure(struct mim_encoder *encoder, const struct step *step, const struct mim_error *error)
{
    struct mim_encode_frame *frame = step->frame;
    if (frame->status != MIM_OK && step->which > frame->failed_part)
        return;
    fail_frame(frame, step->status, error);
    frame->failed_part = step->which;
    frame->is_refused = step->is_refused && !encoder->is_exclusive;
}

static void
run(struct mim_pool_client *client, unsigned worker, void *in)
{
    struct mim_encoder *encoder = mim_encoder_of(client);
    struct step *step = in;
    struct mim_encode_frame *frame = step->frame;
    struct mim_error error = { .frame = MIM_UNKNOWN };
    struct mim_conversion_loss loss = { 0 };

    switch (step->kind) {
    case STEP_ACCEPT:
        step->status = mim_encoder_accept(encoder, frame, &error);
        break;
    case STEP_CONVERT:
        mim_encode_frame_convert_band(frame, step->which, &loss);
        break;
    case STEP_ENCODE:
        step->status = encode(encoder, worker, step, &error);
        break;
    case STEP_PUT:
        step->status = mim_encode_frame_put(frame, encoder->writer, &error);
        break;
    }
    mim_pool_lock(encoder->pool);
    if (step->status != MIM_OK)
        note_failure(encoder, step, &error);
    mim_conversion_loss_add(&frame->loss, &loss);
    mim_pool_unlock(encoder->pool);
}

void
mim_encoder_drop_first(struct mim_encoder *encoder)
{
    mim_encode_frame_clear(mim_encoder_frame(encoder, 0), encoder->writer);
    encoder->first = (encoder->first + 1) % encoder->frame_count;
    encoder->used--;
}

/* A frame that is written goes, unless the next one still looks at it. */
static void
drop_written(struct mim_encoder *encoder)
{
    while (encoder->used && mim_encoder_frame(encoder, 0)->stage == MIM_ENCODE_PUT) {
        bool looked_at = mim_encoder_looks_back(encoder) && !encoder->is_finishing && encoder->used == 1;
        if (mim_encoder_looks_back(encoder) && encoder->used > 1) {
            const struct mim_encode_frame *next = mim_encoder_frame(encoder, 1);
            looked_at = next->stage != MIM_ENCODE_PUT && (next->status != MIM_OK || !is_encoded(next));
        }
        if (looked_at)
            break;
        mim_encoder_drop_first(encoder);
    }
    mim_encoder_charge(encoder);
}

static void
settle_put(struct mim_encoder *encoder, struct mim_encode_frame *frame)
{
    mim_pool_pace_note(&encoder->pace, frame->cost_ns);
    frame->stage = MIM_ENCODE_PUT;
    for (uint32_t i = 0; i < frame->info.parts; i++)
        mim_coded_clear(&frame->coded[i], &encoder->writer->operation->budget);
    encoder->is_exclusive = false;
    drop_written(encoder);
}

static bool
settle(struct mim_pool_client *client, unsigned worker, void *in)
{
    struct mim_encoder *encoder = mim_encoder_of(client);
    struct step *step = in;
    struct mim_encode_frame *frame = step->frame;
    (void)worker;

    switch (step->kind) {
    case STEP_ACCEPT:
        encoder->is_serial_busy = false;
        if (step->status == MIM_OK)
            frame->stage = mim_encode_frame_next_stage(frame);
        break;
    case STEP_CONVERT:
        if (++frame->bands_done == frame->bands) {
            struct mim_error error;
            enum mim_status status = mim_encode_frame_converted(frame, encoder->writer, &error);
            if (status != MIM_OK)
                fail_frame(frame, status, &error);
        }
        break;
    case STEP_ENCODE:
        frame->parts_done++;
        break;
    case STEP_PUT:
        encoder->is_serial_busy = false;
        if (step->status == MIM_OK)
            settle_put(encoder, frame);
        break;
    }
    return encoder->is_attached && !mim_pool_pace_is_tiny(&encoder->pace);
}

struct mim_pool_client
mim_encoder_client(void)
{
    return (struct mim_pool_client){ .claim = claim, .run = run, .settle = settle };
}
