/* SPDX-License-Identifier: MIT */
/* The writing pipeline from the caller's side: one more frame, the last one, opening and closing. */
#include "pipeline/encode.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>

#include "base/error.h"
#include "base/sample.h"
#include "pipeline/encode-steps.h"
#include "plugin/operation.h"

#define LARGE_FRAME (4u << 20)    /* bytes: worth several threads even when it is alone */
#define SIZEABLE_FRAME (1u << 19) /* bytes: when others follow, its pace need not be waited for */
#define FRAMES_PER_THREAD 2

static void
give_up(struct mim_encoder *encoder, enum mim_status status, const struct mim_error *error)
{
    if (encoder->status != MIM_OK)
        return;
    encoder->status = status;
    encoder->error = *error;
}

static bool
interrupted(struct mim_pool_client *client)
{
    return mim_operation_poll(mim_encoder_of(client)->writer->operation, NULL) != MIM_OK;
}

/* The frame whose turn it is to be written; NULL when there is none. */
static struct mim_encode_frame *
first_unput(struct mim_encoder *encoder)
{
    for (unsigned i = 0; i < encoder->used; i++)
        if (mim_encoder_frame(encoder, i)->stage != MIM_ENCODE_PUT)
            return mim_encoder_frame(encoder, i);
    return NULL;
}

/* Failures count in the order of frames, so that the verdict does not depend on the number of threads. */
static bool
has_failed(struct mim_encoder *encoder)
{
    struct mim_encode_frame *frame = first_unput(encoder);
    return encoder->status != MIM_OK ||
           (frame && frame->status != MIM_OK && frame->parts_done == frame->parts_claimed && !encoder->is_serial_busy);
}

static bool
has_capacity(struct mim_encoder *encoder)
{
    unsigned max = encoder->is_attached ? encoder->frame_count : mim_encoder_min_capacity(encoder);
    if (encoder->used < mim_encoder_min_capacity(encoder))
        return true;
    const struct mim_encode_frame *latest = mim_encoder_frame(encoder, encoder->used - 1);
    return encoder->used < max &&
           mim_memory_budget_fits(&encoder->writer->operation->budget, 2 * mim_encode_frame_bytes(latest));
}

static bool
newest_is_accepted(struct mim_pool_client *client)
{
    struct mim_encoder *encoder = mim_encoder_of(client);
    /* helpers may have written it already, and dropped it */
    const struct mim_encode_frame *newest = encoder->used ? mim_encoder_frame(encoder, encoder->used - 1) : NULL;
    return has_failed(encoder) || !newest || newest->stage != MIM_ENCODE_GIVEN || newest->status != MIM_OK;
}

static bool
can_take_another(struct mim_pool_client *client)
{
    struct mim_encoder *encoder = mim_encoder_of(client);
    return has_failed(encoder) || has_capacity(encoder);
}

static bool
all_is_put(struct mim_pool_client *client)
{
    struct mim_encoder *encoder = mim_encoder_of(client);
    return has_failed(encoder) || !first_unput(encoder);
}

/* A frame that was refused memory while others held some is encoded again, alone. */
static void
retry_exclusively(struct mim_encoder *encoder)
{
    mim_pool_lock(encoder->pool);
    encoder->is_exclusive = true;
    mim_pool_unlock(encoder->pool);
    mim_pool_drain(encoder->pool, &encoder->client);
    mim_plugin_writer_close_workers(encoder->writer);

    mim_pool_lock(encoder->pool);
    for (unsigned i = 0; i < encoder->used; i++)
        if (mim_encoder_frame(encoder, i)->stage == MIM_ENCODE_READY)
            mim_encode_frame_forget_coded(mim_encoder_frame(encoder, i), encoder->writer);
    mim_encoder_charge(encoder);
    mim_pool_unlock(encoder->pool);
}

/* Work until `goal`, or until the writer has failed for good. */
static enum mim_status
work_until(struct mim_encoder *encoder, bool (*goal)(struct mim_pool_client *), struct mim_error *err)
{
    for (;;) {
        mim_pool_work(encoder->pool, &encoder->client, goal, interrupted);
        mim_pool_lock(encoder->pool);
        struct mim_encode_frame *frame = first_unput(encoder);
        bool failed = has_failed(encoder), reached = goal(&encoder->client);
        bool alone = failed && encoder->status == MIM_OK && frame->is_refused;
        if (failed && !alone && encoder->status == MIM_OK)
            give_up(encoder, frame->status, &frame->error);
        mim_pool_unlock(encoder->pool);

        if (alone) {
            retry_exclusively(encoder);
            continue;
        }
        if (failed)
            return mim_encoder_status(encoder, err);
        if (reached)
            return MIM_OK;
        struct mim_error error;
        enum mim_status status = mim_operation_poll(encoder->writer->operation, &error);
        if (status != MIM_OK) {
            mim_pool_lock(encoder->pool);
            give_up(encoder, status, &error);
            mim_pool_unlock(encoder->pool);
            return mim_encoder_status(encoder, err);
        }
    }
}

/* The newest frame is accepted; it is still there while no helper works. */
static void
consider_threads(struct mim_encoder *encoder)
{
    if (encoder->is_attached || mim_pool_threads(encoder->pool) < 2)
        return;
    const struct mim_encode_frame *newest = mim_encoder_frame(encoder, encoder->used - 1);
    uint64_t bytes = mim_encode_frame_bytes(newest);
    bool large = (newest->info.parts > 1 && bytes >= LARGE_FRAME) || (encoder->added > 1 && bytes >= SIZEABLE_FRAME);
    if (encoder->pace.frames ? mim_pool_pace_is_tiny(&encoder->pace) : !large)
        return;
    mim_pool_start(encoder->pool);
    mim_pool_attach(encoder->pool, &encoder->client);
    mim_pool_lock(encoder->pool);
    encoder->is_attached = true;
    mim_pool_wake(encoder->pool);
    mim_pool_unlock(encoder->pool);
}

/* Nothing more comes: what was added before the failure is written first, and may have failed earlier. So the verdict does
 * not depend on how far the threads are. */
static enum mim_status
fail_in_order(struct mim_encoder *encoder, enum mim_status status, const struct mim_error *error, struct mim_error *err)
{
    mim_pool_lock(encoder->pool);
    encoder->is_finishing = true;
    mim_pool_unlock(encoder->pool);
    if (!encoder->two_pass && status != MIM_CANCELLED && status != MIM_TIMEOUT)
        work_until(encoder, all_is_put, NULL);
    mim_pool_lock(encoder->pool);
    give_up(encoder, status, error);
    mim_pool_unlock(encoder->pool);
    return mim_encoder_status(encoder, err);
}

static enum mim_status
note_timing(struct mim_encoder *encoder, const struct mim_frame *frame, const struct mim_notice_origin *origin,
            struct mim_error *err)
{
    const struct mim_rational first = encoder->clock.to;
    const struct mim_rational base = first.den && !mim_time_base_valid(first) ? first : frame->time_base;
    char text[160];
    if (!base.den)
        return MIM_OK;
    if (!(encoder->writer->ops->flags & MIM_WRITER_TIMING))
        snprintf(text, sizeof text, "%s keeps no timing: how long each frame is shown is lost",
                 encoder->writer->format);
    else if (!mim_time_base_valid(base))
        snprintf(text, sizeof text, "%" PRId64 "/%" PRId64 " is no time base: how long each frame is shown is lost",
                 base.num, base.den);
    else
        return MIM_OK;
    return mim_operation_notice_at(encoder->writer->operation, MIM_NOTICE_TIMING, origin, text, err);
}

static enum mim_status
note_losses(struct mim_encoder *encoder, const struct mim_frame *frame, struct mim_error *err)
{
    const struct mim_writer_ops *ops = encoder->writer->ops;
    const struct mim_notice_origin second = { .frame = MIM_UNKNOWN, .place = 1 }; /* of the whole, found out now */
    char text[160];
    if (encoder->added != 1) /* one frame alone has no timing to lose */
        return MIM_OK;
    enum mim_status status = note_timing(encoder, frame, &second, err);
    if (status == MIM_OK && frame->loop >= 0 && !(ops->flags & MIM_WRITER_LOOP)) {
        snprintf(text, sizeof text, "%s keeps no loop count: how often the sequence is played is lost",
                 encoder->writer->format);
        status = mim_operation_notice_at(encoder->writer->operation, MIM_NOTICE_LOOP, &second, text, err);
    }
    return status;
}

static enum mim_status
check_shape(const struct mim_encoder *encoder, const struct mim_frame_info *info, struct mim_error *err)
{
    const struct mim_frame_info *first = &encoder->first_info;
    bool same = info->width == first->width && info->height == first->height && info->channels == first->channels &&
                info->sample == first->sample;
    if (!encoder->added || same || encoder->writer->ops->flags & MIM_WRITER_MIXED)
        return MIM_OK;
    mim_fail(err, MIM_ARGUMENT,
             "frame %" PRIu64 " is %ux%u with %u channels of %s, the first is %ux%u with %u of %s; frames of "
             "one %s must be alike",
             encoder->added, info->width, info->height, info->channels, mim_sample_name((enum mim_sample)info->sample),
             first->width, first->height, first->channels, mim_sample_name((enum mim_sample)first->sample),
             encoder->writer->format);
    if (err)
        err->frame = encoder->added;
    return MIM_ARGUMENT;
}

static enum mim_status
start_writer(struct mim_encoder *encoder, const struct mim_frame *frame, struct mim_error *err)
{
    encoder->clock.to = frame->time_base;
    encoder->first_info = mim_encode_frame_info(frame, &encoder->clock);
    enum mim_status status = mim_plugin_writer_start(encoder->writer, &encoder->first_info, frame->time_base,
                                                     frame->loop, encoder->expected, err);
    if (status == MIM_OK && encoder->writer->sequence.passes == 2 && encoder->writer->ops->survey)
        status = mim_two_pass_create(&encoder->two_pass, encoder->writer, err);
    return status;
}

static void
place(struct mim_encoder *encoder, struct mim_encode_frame *frame, struct mim_frame *given,
      const struct mim_frame_info *info)
{
    *frame =
        (struct mim_encode_frame){ .packet = frame->packet, .index = encoder->added, .given = *given, .info = *info };
    *given = (struct mim_frame){ 0 };
    encoder->added++;
}

/* Was the newest frame not accepted? Then it never came. */
static bool
take_back_refused(struct mim_encoder *encoder, uint64_t index, struct mim_error *err)
{
    mim_pool_lock(encoder->pool);
    struct mim_encode_frame *frame = encoder->used ? mim_encoder_frame(encoder, encoder->used - 1) : NULL;
    bool is_refused = frame && frame->index == index && frame->stage == MIM_ENCODE_GIVEN && frame->status != MIM_OK;
    if (is_refused) {
        *err = frame->error;
        err->status = frame->status;
        mim_encode_frame_clear(frame, encoder->writer);
        encoder->used--;
        mim_encoder_charge(encoder);
    }
    mim_pool_unlock(encoder->pool);
    return is_refused;
}

static enum mim_status
add_to_ring(struct mim_encoder *encoder, struct mim_frame *given, const struct mim_frame_info *info,
            struct mim_error *err)
{
    enum mim_status status = work_until(encoder, can_take_another, err);
    if (status != MIM_OK)
        return status;

    mim_pool_lock(encoder->pool);
    struct mim_encode_frame *frame = mim_encoder_frame(encoder, encoder->used);
    place(encoder, frame, given, info);
    encoder->used++;
    mim_memory_budget_expect(&encoder->writer->operation->budget, mim_encode_frame_bytes(frame));
    mim_encoder_charge(encoder);
    if (encoder->is_attached)
        mim_pool_wake(encoder->pool);
    mim_pool_unlock(encoder->pool);

    status = work_until(encoder, newest_is_accepted, err);
    if (status != MIM_OK)
        return status;
    if (take_back_refused(encoder, encoder->added - 1, err))
        return err->status;
    consider_threads(encoder);
    return MIM_OK;
}

static enum mim_status
add_to_first_pass(struct mim_encoder *encoder, struct mim_frame *given, const struct mim_frame_info *info,
                  struct mim_error *err)
{
    struct mim_encode_frame *frame = mim_encoder_frame(encoder, 0);
    place(encoder, frame, given, info);
    enum mim_status status = mim_operation_poll(encoder->writer->operation, err);
    if (status == MIM_OK)
        status = mim_encoder_accept(encoder, frame, err);
    if (status == MIM_OK)
        status = mim_two_pass_add(encoder->two_pass, frame, err);
    if (status != MIM_OK && err->frame == MIM_UNKNOWN)
        err->frame = frame->index;
    mim_encode_frame_clear(frame, encoder->writer);
    return status;
}

static enum mim_status
add(struct mim_encoder *encoder, struct mim_frame *frame, struct mim_error *err)
{
    enum mim_status status = encoder->added ? MIM_OK : start_writer(encoder, frame, err);
    struct mim_frame_info info = mim_encode_frame_info(frame, &encoder->clock);
    if (status == MIM_OK)
        status = check_shape(encoder, &info, err);
    if (status == MIM_OK)
        status = note_losses(encoder, frame, err);
    if (status == MIM_OK)
        status = (encoder->two_pass ? add_to_first_pass : add_to_ring)(encoder, frame, &info, err);
    return status;
}

enum mim_status
mim_encoder_add(struct mim_encoder *encoder, struct mim_frame *frame, struct mim_error *err)
{
    struct mim_error error = { .frame = MIM_UNKNOWN };
    enum mim_status status = encoder->status == MIM_OK ? add(encoder, frame, &error) : MIM_OK;
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
replay(struct mim_encoder *encoder, struct mim_error *err)
{
    uint64_t count = mim_two_pass_count(encoder->two_pass);
    enum mim_status status = mim_two_pass_end(encoder->two_pass, err);
    for (uint64_t i = 0; i < count && status == MIM_OK; i++) {
        status = work_until(encoder, can_take_another, err);
        if (status != MIM_OK)
            break;
        mim_pool_lock(encoder->pool); /* helpers move where the ring begins */
        struct mim_encode_frame *frame = mim_encoder_frame(encoder, encoder->used);
        mim_pool_unlock(encoder->pool);
        *frame = (struct mim_encode_frame){ .packet = frame->packet, .index = i };
        status = mim_two_pass_replay(encoder->two_pass, frame, err);
        if (status != MIM_OK) {
            mim_encode_frame_clear(frame, encoder->writer);
            break;
        }
        frame->stage = mim_encode_frame_next_stage(frame);
        mim_pool_lock(encoder->pool);
        encoder->used++;
        mim_memory_budget_expect(&encoder->writer->operation->budget, mim_encode_frame_bytes(frame));
        mim_encoder_charge(encoder);
        if (encoder->is_attached)
            mim_pool_wake(encoder->pool);
        mim_pool_unlock(encoder->pool);
        consider_threads(encoder);
    }
    return status;
}

enum mim_status
mim_encoder_finish(struct mim_encoder *encoder, struct mim_error *err)
{
    struct mim_error error = { .frame = MIM_UNKNOWN };
    enum mim_status status = encoder->status;
    if (status == MIM_OK && encoder->two_pass)
        status = replay(encoder, &error);
    mim_pool_lock(encoder->pool);
    encoder->is_finishing = true;
    mim_pool_wake(encoder->pool);
    mim_pool_unlock(encoder->pool);
    if (status == MIM_OK)
        status = work_until(encoder, all_is_put, &error);
    if (status == MIM_OK)
        status = mim_plugin_writer_finish(encoder->writer, &error);
    mim_pool_lock(encoder->pool);
    if (status != MIM_OK)
        give_up(encoder, status, &error);
    mim_pool_unlock(encoder->pool);
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
    encoder->client = mim_encoder_client();
    encoder->pool = pool;
    encoder->writer = writer;
    encoder->expected = count;
    unsigned threads = mim_pool_threads(pool);
    encoder->frame_count = mim_encoder_min_capacity(encoder) + (threads > 1 ? threads * FRAMES_PER_THREAD : 0);
    if (encoder->frame_count > MIM_MAX_IN_FLIGHT)
        encoder->frame_count = MIM_MAX_IN_FLIGHT;
    encoder->frames = calloc(encoder->frame_count, sizeof *encoder->frames);
    bool complete = encoder->frames != NULL;
    for (unsigned i = 0; complete && i < encoder->frame_count; i++)
        complete =
            (encoder->frames[i].packet = calloc(1, writer->ops->packet_size ? writer->ops->packet_size : 1)) != NULL;
    if (!complete) {
        mim_encoder_destroy(encoder);
        return mim_fail_nomem(err, "frames in flight");
    }
    *out = encoder;
    return MIM_OK;
}

void
mim_encoder_destroy(struct mim_encoder *encoder)
{
    if (!encoder)
        return;
    mim_pool_lock(encoder->pool);
    if (encoder->status == MIM_OK)
        encoder->status = MIM_CANCELLED; /* nothing more is claimed */
    mim_pool_unlock(encoder->pool);
    mim_pool_drain(encoder->pool, &encoder->client);
    if (encoder->is_attached)
        mim_pool_detach(encoder->pool, &encoder->client);
    while (encoder->used)
        mim_encoder_drop_first(encoder);
    for (unsigned i = 0; encoder->frames && i < encoder->frame_count; i++)
        free(encoder->frames[i].packet);
    free(encoder->frames);
    mim_two_pass_destroy(encoder->two_pass);
    free(encoder);
}
