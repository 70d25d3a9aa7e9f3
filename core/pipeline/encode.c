/* SPDX-License-Identifier: MIT */
/* The writing pipeline from the caller's side: one more frame, the last one, opening and closing. */
#include "pipeline/encode.h"

#include <stdlib.h>

#include "base/error.h"
#include "pipeline/encode-priv.h"
#include "plugin/operation.h"

static void
give_up(struct mim_encoder *encoder, enum mim_status status, const struct mim_error *error)
{
    if (encoder->status != MIM_OK)
        return;
    encoder->status = status;
    encoder->error = *error;
}

static struct mim_encoder *
encoder_of(struct mim_pool_client *client)
{
    return (struct mim_encoder *)client;
}

/* The frame whose turn it is to be written; NULL when there is none. */
static struct mim_encode_frame *
first_unput(struct mim_encoder *encoder)
{
    for (unsigned i = 0; i < encoder->ring.used; i++)
        if (mim_encoder_frame(encoder, i)->stage != MIM_ENCODE_PUT)
            return mim_encoder_frame(encoder, i);
    return NULL;
}

/* Failures count in the order of frames, so that the verdict does not depend on the number of threads. */
static bool
has_failed(struct mim_encoder *encoder)
{
    const struct mim_encode_frame *frame = first_unput(encoder);
    return encoder->status != MIM_OK || (frame && frame->entry.outcome.status != MIM_OK &&
                                         mim_ring_is_idle(&frame->entry.parts) && !encoder->ring.is_serial_busy);
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
    /* helpers may have written it already, and dropped it */
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
all_is_put(struct mim_pool_client *client)
{
    struct mim_encoder *encoder = encoder_of(client);
    return has_failed(encoder) || !first_unput(encoder);
}

/* A frame that was refused memory while others held some is encoded again, alone. */
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
    const struct mim_ring_outcome *outcome = &first_unput(encoder)->entry.outcome;
    if (outcome->is_refused)
        return REFUSED;
    give_up(encoder, outcome->status, &outcome->error);
    return FAILED;
}

static void
give_up_if_interrupted(struct mim_encoder *encoder)
{
    struct mim_error error;
    enum mim_status status = mim_operation_poll(encoder->ring.operation, &error);
    if (status == MIM_OK)
        return;
    mim_pool_lock(encoder->ring.pool);
    give_up(encoder, status, &error);
    mim_pool_unlock(encoder->ring.pool);
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
            give_up_if_interrupted(encoder);
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

/* Nothing more comes: what was added before the failure is written first, and may have failed earlier. So the verdict does
 * not depend on how far the threads are. */
static enum mim_status
fail_in_order(struct mim_encoder *encoder, enum mim_status status, const struct mim_error *error, struct mim_error *err)
{
    mim_pool_lock(encoder->ring.pool);
    encoder->is_finishing = true;
    mim_pool_unlock(encoder->ring.pool);
    if (!encoder->two_pass && status != MIM_CANCELLED && status != MIM_TIMEOUT)
        work_until(encoder, all_is_put, NULL);
    mim_pool_lock(encoder->ring.pool);
    give_up(encoder, status, error);
    mim_pool_unlock(encoder->ring.pool);
    return mim_encoder_status(encoder, err);
}

static enum mim_status
start_writer(struct mim_encoder *encoder, const struct mim_frame *frame, struct mim_error *err)
{
    encoder->timing.to = frame->time_base;
    encoder->first_info = mim_encode_frame_info(frame, &encoder->timing);
    enum mim_status status = mim_plugin_writer_start(encoder->writer, &encoder->first_info, frame->time_base,
                                                     frame->loop, encoder->expected, err);
    if (status == MIM_OK && encoder->writer->sequence.passes == 2 && encoder->writer->ops->survey)
        status = mim_two_pass_create(&encoder->two_pass, encoder->writer, err);
    return status;
}

static void
place_frame(struct mim_encoder *encoder, struct mim_encode_frame *frame, struct mim_frame *given,
            const struct mim_frame_info *info)
{
    *frame = (struct mim_encode_frame){ .entry = { .packet = frame->entry.packet, .index = encoder->added },
                                        .given = *given,
                                        .info = *info };
    *given = (struct mim_frame){ 0 };
    encoder->added++;
}

/* Under the lock. */
static void
enter_ring(struct mim_encoder *encoder, const struct mim_encode_frame *frame)
{
    struct mim_ring *ring = &encoder->ring;
    ring->used++;
    mim_memory_budget_expect(&ring->operation->budget, mim_encode_frame_bytes(frame));
    mim_ring_charge(ring);
    mim_ring_wake(ring);
}

/* Was the newest frame not accepted? Then it never came. */
static bool
take_back_refused(struct mim_encoder *encoder, uint64_t index, struct mim_error *err)
{
    mim_pool_lock(encoder->ring.pool);
    struct mim_encode_frame *frame = encoder->ring.used ? mim_encoder_frame(encoder, encoder->ring.used - 1) : NULL;
    bool is_refused = frame && frame->entry.index == index && frame->stage == MIM_ENCODE_GIVEN &&
                      frame->entry.outcome.status != MIM_OK;
    if (is_refused) {
        *err = frame->entry.outcome.error;
        err->status = frame->entry.outcome.status;
        mim_encode_frame_clear(frame, encoder->writer);
        encoder->ring.used--;
        mim_ring_charge(&encoder->ring);
    }
    mim_pool_unlock(encoder->ring.pool);
    return is_refused;
}

static enum mim_status
add_to_ring(struct mim_encoder *encoder, struct mim_frame *given, const struct mim_frame_info *info,
            struct mim_error *err)
{
    enum mim_status status = work_until(encoder, can_take_another, err);
    if (status != MIM_OK)
        return status;

    mim_pool_lock(encoder->ring.pool);
    struct mim_encode_frame *frame = mim_encoder_frame(encoder, encoder->ring.used);
    place_frame(encoder, frame, given, info);
    enter_ring(encoder, frame);
    mim_pool_unlock(encoder->ring.pool);

    status = work_until(encoder, newest_is_accepted, err);
    if (status != MIM_OK)
        return status;
    if (take_back_refused(encoder, encoder->added - 1, err))
        return err->status;
    mim_ring_consider_threads(&encoder->ring);
    return MIM_OK;
}

static enum mim_status
add_to_first_pass(struct mim_encoder *encoder, struct mim_frame *given, const struct mim_frame_info *info,
                  struct mim_error *err)
{
    struct mim_encode_frame *frame = mim_encoder_frame(encoder, 0);
    place_frame(encoder, frame, given, info);
    enum mim_status status = mim_operation_poll(encoder->writer->operation, err);
    if (status == MIM_OK)
        status = mim_encoder_accept(encoder, frame, err);
    if (status == MIM_OK)
        status = mim_two_pass_add(encoder->two_pass, frame, err);
    if (status != MIM_OK && err->frame == MIM_UNKNOWN)
        err->frame = frame->entry.index;
    mim_encode_frame_clear(frame, encoder->writer);
    return status;
}

static enum mim_status
add_frame(struct mim_encoder *encoder, struct mim_frame *frame, struct mim_error *err)
{
    enum mim_status status = encoder->added ? MIM_OK : start_writer(encoder, frame, err);
    struct mim_frame_info info = mim_encode_frame_info(frame, &encoder->timing);
    if (status == MIM_OK)
        status = mim_encoder_check(encoder, frame, &info, err);
    if (status == MIM_OK)
        status = (encoder->two_pass ? add_to_first_pass : add_to_ring)(encoder, frame, &info, err);
    return status;
}

enum mim_status
mim_encoder_add(struct mim_encoder *encoder, struct mim_frame *frame, struct mim_error *err)
{
    struct mim_error error = { .frame = MIM_UNKNOWN };
    enum mim_status status = encoder->status == MIM_OK ? add_frame(encoder, frame, &error) : MIM_OK;
    mim_frame_clear(frame);
    return status == MIM_OK ? mim_encoder_status(encoder, err) : fail_in_order(encoder, status, &error, err);
}

enum mim_status
mim_encoder_fail(struct mim_encoder *encoder, enum mim_status status, const struct mim_error *error,
                 struct mim_error *err)
{
    return encoder->status == MIM_OK ? fail_in_order(encoder, status, error, err) : mim_encoder_status(encoder, err);
}

enum mim_status
mim_encoder_status(const struct mim_encoder *encoder, struct mim_error *err)
{
    if (encoder->status != MIM_OK && err)
        *err = encoder->error;
    return encoder->status;
}

/* The second pass: frames come back in the layout that they were accepted in. */
static enum mim_status
replay_frames(struct mim_encoder *encoder, struct mim_error *err)
{
    uint64_t count = mim_two_pass_count(encoder->two_pass);
    enum mim_status status = mim_two_pass_end(encoder->two_pass, err);
    for (uint64_t i = 0; i < count && status == MIM_OK; i++) {
        status = work_until(encoder, can_take_another, err);
        if (status != MIM_OK)
            break;
        mim_pool_lock(encoder->ring.pool); /* helpers move where the ring begins */
        struct mim_encode_frame *frame = mim_encoder_frame(encoder, encoder->ring.used);
        mim_pool_unlock(encoder->ring.pool);
        *frame = (struct mim_encode_frame){ .entry = { .packet = frame->entry.packet, .index = i } };
        status = mim_two_pass_replay(encoder->two_pass, frame, err);
        if (status != MIM_OK) {
            mim_encode_frame_clear(frame, encoder->writer);
            break;
        }
        frame->stage = mim_encode_frame_next_stage(frame);
        mim_pool_lock(encoder->ring.pool);
        enter_ring(encoder, frame);
        mim_pool_unlock(encoder->ring.pool);
        mim_ring_consider_threads(&encoder->ring);
    }
    return status;
}

enum mim_status
mim_encoder_finish(struct mim_encoder *encoder, struct mim_error *err)
{
    struct mim_error error = { .frame = MIM_UNKNOWN };
    enum mim_status status = encoder->status;
    if (status == MIM_OK && encoder->two_pass)
        status = replay_frames(encoder, &error);
    mim_pool_lock(encoder->ring.pool);
    encoder->is_finishing = true;
    mim_pool_wake(encoder->ring.pool);
    mim_pool_unlock(encoder->ring.pool);
    if (status == MIM_OK)
        status = work_until(encoder, all_is_put, &error);
    if (status == MIM_OK)
        status = mim_plugin_writer_finish(encoder->writer, &error);
    mim_pool_lock(encoder->ring.pool);
    if (status != MIM_OK)
        give_up(encoder, status, &error);
    mim_pool_unlock(encoder->ring.pool);
    return mim_encoder_status(encoder, err);
}

void
mim_encoder_expect(struct mim_encoder *encoder, uint64_t count)
{
    encoder->expected = count;
}

uint64_t
mim_encoder_count(const struct mim_encoder *encoder)
{
    return encoder->added;
}

uint64_t
mim_encoder_sound(const struct mim_encoder *encoder)
{
    return encoder->status == MIM_OK || encoder->error.frame > encoder->added ? encoder->added : encoder->error.frame;
}

enum mim_status
mim_encoder_create(struct mim_encoder **out, struct mim_plugin_writer *writer, struct mim_pool *pool, uint64_t count,
                   struct mim_error *err)
{
    struct mim_encoder *encoder = calloc(1, sizeof *encoder);
    if (!encoder)
        return mim_fail_nomem(err, "a writer");
    encoder->writer = writer;
    encoder->expected = count;
    encoder->ring = (struct mim_ring){
        .ops = &mim_encode_steps,
        .pool = pool,
        .operation = writer->operation,
        .min_capacity = 1u + mim_encoder_looks_back(encoder) + mim_encoder_looks_ahead(encoder),
    };
    unsigned size = encoder->ring.min_capacity + mim_ring_spare_entries(pool);
    enum mim_status status = mim_ring_alloc(&encoder->ring, size < MIM_MAX_IN_FLIGHT ? size : MIM_MAX_IN_FLIGHT,
                                            writer->ops->packet_size, err);
    if (status != MIM_OK) {
        mim_encoder_destroy(encoder);
        return status;
    }
    *out = encoder;
    return MIM_OK;
}

void
mim_encoder_destroy(struct mim_encoder *encoder)
{
    if (!encoder)
        return;
    mim_ring_stop(&encoder->ring);
    mim_ring_clear(&encoder->ring);
    mim_two_pass_destroy(encoder->two_pass);
    free(encoder);
}
