/* SPDX-License-Identifier: MIT */
/* How far writing has come: capacity for another frame, the newest accepted, all written, or failed for good. */
#include "pipeline/encode-priv.h"

static void
give_up(struct mim_encoder *encoder, enum mim_status status, const struct mim_error *error)
{
    if (encoder->status != MIM_OK)
        return;
    encoder->status = status;
    encoder->error = *error;
}

void
mim_encoder_give_up(struct mim_encoder *encoder, enum mim_status status, const struct mim_error *error)
{
    mim_pool_lock(encoder->ring.pool);
    give_up(encoder, status, error);
    mim_pool_unlock(encoder->ring.pool);
}

static struct mim_encoder *
encoder_of(struct mim_pool_client *client)
{
    return (struct mim_encoder *)client;
}

/* The next frame to be written; NULL: all are written. */
static struct mim_encode_frame *
first_unwritten(struct mim_encoder *encoder)
{
    for (unsigned i = 0; i < encoder->ring.used; i++)
        if (mim_encoder_frame(encoder, i)->stage != MIM_ENCODE_PUT)
            return mim_encoder_frame(encoder, i);
    return NULL;
}

/* Only the next frame to be written can fail the writer, so the error does not depend on the number of threads. */
static bool
has_failed(struct mim_encoder *encoder)
{
    const struct mim_encode_frame *frame = first_unwritten(encoder);
    return encoder->status != MIM_OK || (frame && frame->entry.outcome.status != MIM_OK &&
                                         mim_ring_tally_is_idle(&frame->entry.parts) && !encoder->ring.is_serial_busy);
}

static bool
has_capacity(struct mim_encoder *encoder)
{
    const struct mim_ring *ring = &encoder->ring;
    if (ring->used < ring->min_capacity)
        return true;
    const struct mim_encode_frame *newest = mim_encoder_frame(encoder, ring->used - 1);
    return ring->used < mim_ring_capacity(ring) &&
           mim_memory_budget_fits(&ring->operation->budget, 2 * mim_encode_frame_bytes(newest));
}

static bool
newest_is_accepted(struct mim_pool_client *client)
{
    struct mim_encoder *encoder = encoder_of(client);
    /* other threads may have written and dropped it already */
    const struct mim_encode_frame *newest =
        encoder->ring.used ? mim_encoder_frame(encoder, encoder->ring.used - 1) : NULL;
    return has_failed(encoder) || !newest || newest->stage != MIM_ENCODE_GIVEN ||
           newest->entry.outcome.status != MIM_OK;
}

static bool
can_take_another(struct mim_pool_client *client)
{
    struct mim_encoder *encoder = encoder_of(client);
    return has_failed(encoder) || has_capacity(encoder);
}

static bool
all_are_written(struct mim_pool_client *client)
{
    struct mim_encoder *encoder = encoder_of(client);
    return has_failed(encoder) || !first_unwritten(encoder);
}

/* The first frame was refused memory while others held some: encode it again with all the memory. */
static void
retry_exclusively(struct mim_encoder *encoder)
{
    struct mim_ring *ring = &encoder->ring;
    mim_ring_pause(ring);
    mim_plugin_writer_close_workers(encoder->writer);
    for (unsigned i = 0; i < ring->used; i++)
        if (mim_encoder_frame(encoder, i)->stage == MIM_ENCODE_READY)
            mim_encode_frame_forget_coded(mim_encoder_frame(encoder, i), encoder->writer);
    mim_ring_set_exclusive(ring, true);
    mim_ring_charge(ring);
    mim_ring_resume(ring);
}

enum outlook { NOT_YET, REACHED, REFUSED, FAILED };

/* Under the lock. The first failure is final. */
static enum outlook
judge_progress(struct mim_encoder *encoder, bool (*goal)(struct mim_pool_client *))
{
    if (!has_failed(encoder))
        return goal(&encoder->ring.client) ? REACHED : NOT_YET;
    if (encoder->status != MIM_OK)
        return FAILED;
    const struct mim_ring_outcome *outcome = &first_unwritten(encoder)->entry.outcome;
    if (outcome->is_refused)
        return REFUSED;
    give_up(encoder, outcome->status, &outcome->error);
    return FAILED;
}

static void
stop_if_interrupted(struct mim_encoder *encoder)
{
    struct mim_error error;
    enum mim_status status = mim_operation_poll(encoder->ring.operation, &error);
    if (status != MIM_OK)
        mim_encoder_give_up(encoder, status, &error);
}

/* Work until `goal`, or until the writer has failed for good. */
static enum mim_status
work_until(struct mim_encoder *encoder, bool (*goal)(struct mim_pool_client *), struct mim_error *err)
{
    for (;;) {
        mim_ring_work(&encoder->ring, goal);
        mim_pool_lock(encoder->ring.pool);
        enum outlook outlook = judge_progress(encoder, goal);
        mim_pool_unlock(encoder->ring.pool);
        switch (outlook) {
        case NOT_YET:
            stop_if_interrupted(encoder);
            break;
        case REFUSED:
            retry_exclusively(encoder);
            break;
        case REACHED:
            return MIM_OK;
        case FAILED:
            return mim_encoder_status(encoder, err);
        }
    }
}

enum mim_status
mim_encoder_wait_capacity(struct mim_encoder *encoder, struct mim_error *err)
{
    return work_until(encoder, can_take_another, err);
}

enum mim_status
mim_encoder_wait_accepted(struct mim_encoder *encoder, struct mim_error *err)
{
    return work_until(encoder, newest_is_accepted, err);
}

enum mim_status
mim_encoder_wait_put(struct mim_encoder *encoder, struct mim_error *err)
{
    return work_until(encoder, all_are_written, err);
}
