/* SPDX-License-Identifier: MIT */
/* The calls of an encoder: creating, adding frames, finishing, destroying. */
#include "pipeline/encode.h"

#include <stdlib.h>

#include "base/error.h"
#include "pipeline/encode-priv.h"
#include "plugin/operation.h"

/* The caller failed. Frames added before are written first, because one of them may fail too, and the earliest failure
 * counts. */
static enum mim_status
fail_in_order(struct mim_encoder *encoder, enum mim_status status, const struct mim_error *error, struct mim_error *err)
{
    mim_pool_lock(encoder->ring.pool);
    encoder->is_finishing = true;
    mim_pool_unlock(encoder->ring.pool);
    if (!encoder->two_pass && status != MIM_CANCELLED && status != MIM_TIMEOUT)
        mim_encoder_wait_put(encoder, NULL);
    mim_encoder_give_up(encoder, status, error);
    return mim_encoder_status(encoder, err);
}

static enum mim_status
start_writer(struct mim_encoder *encoder, const struct mim_frame *frame, struct mim_error *err)
{
    bool is_joined = encoder->writer->base.den && mim_time_base_valid(frame->time_base);
    encoder->timing.to = is_joined ? encoder->writer->base : frame->time_base;
    encoder->first_info = mim_encode_frame_info(frame, &encoder->timing);
    encoder->writer->origin = mim_encode_frame_origin(frame);
    mim_layout_join(&encoder->writer->joined, frame->sample, frame->channels);
    enum mim_status status = mim_encoder_widen(encoder, &encoder->first_info, err);
    if (status == MIM_OK)
        status = mim_plugin_writer_preview(encoder->writer, frame->meta, err);
    if (status == MIM_OK)
        status = mim_plugin_writer_start(encoder->writer, &encoder->first_info, encoder->timing.to, frame->loop,
                                         encoder->expected, err);
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

/* Take the newest frame out of the ring again if it was not accepted. */
static bool
take_back_newest(struct mim_encoder *encoder, uint64_t index, struct mim_error *err)
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
    enum mim_status status = mim_encoder_wait_capacity(encoder, err);
    if (status != MIM_OK)
        return status;

    mim_pool_lock(encoder->ring.pool);
    struct mim_encode_frame *frame = mim_encoder_frame(encoder, encoder->ring.used);
    place_frame(encoder, frame, given, info);
    enter_ring(encoder, frame);
    mim_pool_unlock(encoder->ring.pool);

    status = mim_encoder_wait_accepted(encoder, err);
    if (status != MIM_OK)
        return status;
    if (take_back_newest(encoder, encoder->added - 1, err))
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
        status = mim_encoder_widen(encoder, &info, err);
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

/* The second pass: frames come from the spool, in the layout in which they were accepted. */
static enum mim_status
replay_frames(struct mim_encoder *encoder, struct mim_error *err)
{
    uint64_t count = mim_two_pass_count(encoder->two_pass);
    enum mim_status status = mim_two_pass_end(encoder->two_pass, err);
    for (uint64_t i = 0; i < count && status == MIM_OK; i++) {
        status = mim_encoder_wait_capacity(encoder, err);
        if (status != MIM_OK)
            break;
        mim_pool_lock(encoder->ring.pool); /* other threads move the start of the ring */
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
        status = mim_encoder_wait_put(encoder, &error);
    if (status == MIM_OK)
        status = mim_plugin_writer_finish(encoder->writer, encoder->added, &error);
    if (status != MIM_OK)
        mim_encoder_give_up(encoder, status, &error);
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
mim_encoder_sound_count(const struct mim_encoder *encoder)
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
