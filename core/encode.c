/* SPDX-License-Identifier: MIT */
/* The writing pipeline: which step is next, for one thread and for many. */
#include "encode.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "error.h"
#include "out-slot.h"
#include "pool.h"
#include "sample.h"
#include "sink.h"
#include "survey.h"

#define TINY_NS 40000u         /* below this mean of a frame, waking a worker costs more than it saves */
#define LARGE_FRAME (4u << 20) /* bytes: worth several threads even when it is alone */
#define SLOTS_PER_THREAD 2

enum step_kind { STEP_ACCEPT, STEP_CONVERT, STEP_ENCODE, STEP_PUT };

struct step {
    enum step_kind kind;
    uint32_t which; /* band or part */
    unsigned at;    /* place in the ring, from the first */
    struct mim_out_slot *slot, *before, *after;
    enum mim_status status;
    bool starved;
};
_Static_assert(sizeof(struct step) <= MIM_POOL_STEP_SIZE, "a step fits");

struct mim_encoder {
    struct mim_pool_client client; /* first: the pool hands it back */
    struct mim_pool *pool;
    struct mim_plugin_writer *writer;
    uint64_t expected, added, put;
    struct mim_frame_info first_info;    /* that all others must match */
    struct mim_rational time_base;
    struct mim_survey *survey;           /* a first pass over all frames is under way */

    struct mim_out_slot *slots;          /* a ring */
    unsigned slot_count, first, used;
    bool attached, serial_busy, finishing;
    bool solo;                           /* one frame on the caller's thread alone: it was refused memory */

    enum mim_status status;              /* final */
    struct mim_error error;
    uint64_t mean_ns;
};

static struct mim_encoder *
encoder_of(struct mim_pool_client *client)
{
    return (struct mim_encoder *)client;
}

static struct mim_out_slot *
slot_at(struct mim_encoder *encoder, unsigned i)
{
    return &encoder->slots[(encoder->first + i) % encoder->slot_count];
}

static bool
looks_back(const struct mim_encoder *encoder)
{
    return encoder->writer->ops->flags & MIM_WRITER_PREVIOUS;
}

static bool
looks_ahead(const struct mim_encoder *encoder)
{
    return encoder->writer->ops->flags & MIM_WRITER_NEXT;
}

/* Frames that one encode() needs at once: these are held whatever the ceiling. */
static unsigned
least_room(const struct mim_encoder *encoder)
{
    return 1u + looks_back(encoder) + looks_ahead(encoder);
}

static void
account_frames(struct mim_encoder *encoder)
{
    uint64_t sum = 0;
    for (unsigned i = least_room(encoder); i < encoder->used; i++)
        sum += mim_out_slot_bytes(slot_at(encoder, i));
    /* who encodes alone must come to the same verdict, however many frames wait */
    mim_account_set_frames(&encoder->writer->work->account, encoder->solo ? 0 : sum);
}

static void
give_up(struct mim_encoder *encoder, enum mim_status status, const struct mim_error *error)
{
    if (encoder->status != MIM_OK)
        return;
    encoder->status = status;
    encoder->error = *error;
}

/* --- choosing ------------------------------------------------------------------------------------------------------- */

static bool
ready(const struct mim_out_slot *slot)
{
    return slot->stage >= MIM_OUT_READY;
}

static bool
may_encode(struct mim_encoder *encoder, unsigned i)
{
    if (slot_at(encoder, i)->stage != MIM_OUT_READY || slot_at(encoder, i)->status != MIM_OK)
        return false;
    if (looks_ahead(encoder)) {
        bool last = i + 1 == encoder->used;
        if (last ? !encoder->finishing : !ready(slot_at(encoder, i + 1)))
            return false;
    }
    return !looks_back(encoder) || !i || ready(slot_at(encoder, i - 1));
}

static bool
encoded(const struct mim_out_slot *slot)
{
    if (slot->stage != MIM_OUT_READY || slot->parts_done != slot->parts_claimed)
        return false;
    return slot->status != MIM_OK || slot->parts_done == slot->info.parts;
}

static bool
claim_in_slot(struct mim_encoder *encoder, unsigned i, bool *first_unput, struct step *step)
{
    struct mim_out_slot *slot = slot_at(encoder, i);
    if (slot->stage == MIM_OUT_PUT)
        return false;

    bool turn = *first_unput;
    *first_unput = false;
    *step = (struct step){ .slot = slot, .at = i };
    if (slot->stage == MIM_OUT_GIVEN && slot->status == MIM_OK && !encoder->serial_busy) {
        step->kind = STEP_ACCEPT;
        encoder->serial_busy = true;
        return true;
    }
    if (slot->stage == MIM_OUT_ACCEPTED && slot->bands_claimed < slot->bands && slot->status == MIM_OK) {
        step->kind = STEP_CONVERT;
        step->which = slot->bands_claimed++;
        return true;
    }
    if (encoder->solo && !turn)
        return false;
    if (may_encode(encoder, i) && slot->parts_claimed < slot->info.parts) {
        step->kind = STEP_ENCODE;
        step->which = slot->parts_claimed++;
        step->before = i ? slot_at(encoder, i - 1) : NULL;
        step->after = i + 1 < encoder->used ? slot_at(encoder, i + 1) : NULL;
        return true;
    }
    if (turn && encoded(slot) && slot->status == MIM_OK && !encoder->serial_busy) {
        step->kind = STEP_PUT;
        slot->put_claimed = encoder->serial_busy = true;
        return true;
    }
    return false;
}

static bool
claim(struct mim_pool_client *client, unsigned worker, void *out)
{
    struct mim_encoder *encoder = encoder_of(client);
    if (encoder->status != MIM_OK || (worker && (!encoder->attached || encoder->solo)))
        return false;
    bool first_unput = true;
    for (unsigned i = 0; i < encoder->used; i++)
        if (claim_in_slot(encoder, i, &first_unput, out))
            return true;
    return false;
}

/* --- doing it --------------------------------------------------------------------------------------------------------- */

static enum mim_status
accept(struct mim_encoder *encoder, struct mim_out_slot *slot, struct mim_error *err)
{
    enum mim_status status = mim_plugin_writer_metadata(encoder->writer, slot->frame.meta, slot->index, err);
    if (status == MIM_OK)
        status = mim_plugin_writer_accepts(encoder->writer, slot->index, slot->packet, &slot->info, err);
    return status == MIM_OK ? mim_out_slot_accepted(slot, encoder->writer, err) : status;
}

static enum mim_status
encode(struct mim_encoder *encoder, unsigned worker, struct step *step, struct mim_error *err)
{
    struct mim_out_slot *slot = step->slot;
    uint64_t started = mim_clock_ns();
    const struct mim_neighbours neighbours = {
        .struct_size = sizeof neighbours,
        .previous = looks_back(encoder) && step->before ? &step->before->raster : NULL,
        .next = looks_ahead(encoder) && step->after ? &step->after->raster : NULL,
    };
    enum mim_status status =
        mim_plugin_writer_encode(encoder->writer, worker, slot->index, slot->packet, &slot->info, step->which, &slot->raster,
                                 &neighbours, &slot->coded[step->which], &step->starved, err);
    __atomic_fetch_add(&slot->cost_ns, mim_clock_ns() - started, __ATOMIC_RELAXED);
    return status;
}

static void
fail_slot(struct mim_out_slot *slot, enum mim_status status, const struct mim_error *error)
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
    struct mim_out_slot *slot = step->slot;
    if (slot->status != MIM_OK && step->which > slot->failed_part)
        return;
    fail_slot(slot, step->status, error);
    slot->failed_part = step->which;
    slot->starved = step->starved && !encoder->solo;
}

static void
run(struct mim_pool_client *client, unsigned worker, void *in)
{
    struct mim_encoder *encoder = encoder_of(client);
    struct step *step = in;
    struct mim_out_slot *slot = step->slot;
    struct mim_error error = { .frame = MIM_UNKNOWN };
    struct mim_raster_loss loss = { 0 };

    switch (step->kind) {
    case STEP_ACCEPT:
        step->status = accept(encoder, slot, &error);
        break;
    case STEP_CONVERT:
        mim_out_slot_convert_band(slot, step->which, &loss);
        break;
    case STEP_ENCODE:
        step->status = encode(encoder, worker, step, &error);
        break;
    case STEP_PUT:
        step->status =
            mim_plugin_writer_put(encoder->writer, slot->index, slot->packet, &slot->info, slot->coded, &error);
        break;
    }
    mim_pool_lock(encoder->pool);
    if (step->status != MIM_OK)
        note_failure(encoder, step, &error);
    mim_raster_loss_add(&slot->loss, &loss);
    mim_pool_unlock(encoder->pool);
}

static void
drop_first(struct mim_encoder *encoder)
{
    mim_out_slot_clear(slot_at(encoder, 0), encoder->writer);
    encoder->first = (encoder->first + 1) % encoder->slot_count;
    encoder->used--;
}

/* A frame that is written goes, unless the next one still looks at it. */
static void
drop_written(struct mim_encoder *encoder)
{
    while (encoder->used && slot_at(encoder, 0)->stage == MIM_OUT_PUT) {
        bool looked_at = looks_back(encoder) && !encoder->finishing && encoder->used == 1;
        if (looks_back(encoder) && encoder->used > 1) {
            const struct mim_out_slot *next = slot_at(encoder, 1);
            looked_at = next->stage != MIM_OUT_PUT && (next->status != MIM_OK || !encoded(next));
        }
        if (looked_at)
            break;
        drop_first(encoder);
    }
    account_frames(encoder);
}

static void
settle_put(struct mim_encoder *encoder, struct mim_out_slot *slot)
{
    uint64_t n = encoder->put++;
    encoder->mean_ns = n < 16 ? (encoder->mean_ns * n + slot->cost_ns) / (n + 1) : (encoder->mean_ns * 15 + slot->cost_ns) / 16;
    slot->stage = MIM_OUT_PUT;
    for (uint32_t i = 0; i < slot->info.parts; i++)
        mim_plugin_writer_free_coded(encoder->writer, &slot->coded[i]);
    encoder->solo = false;
    drop_written(encoder);
}

static bool
settle(struct mim_pool_client *client, unsigned worker, void *in)
{
    struct mim_encoder *encoder = encoder_of(client);
    struct step *step = in;
    struct mim_out_slot *slot = step->slot;
    (void)worker;

    switch (step->kind) {
    case STEP_ACCEPT:
        encoder->serial_busy = false;
        if (step->status == MIM_OK)
            slot->stage = mim_out_slot_next_stage(slot);
        break;
    case STEP_CONVERT:
        if (++slot->bands_done == slot->bands) {
            struct mim_error error;
            enum mim_status status = mim_out_slot_converted(slot, encoder->writer, &error);
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
    return encoder->attached;
}

/* --- from the caller's side --------------------------------------------------------------------------------------------- */

static bool
interrupted(struct mim_pool_client *client)
{
    return mim_work_poll(encoder_of(client)->writer->work, NULL) != MIM_OK;
}

/* The frame whose turn it is to be written; NULL when there is none. */
static struct mim_out_slot *
first_unput(struct mim_encoder *encoder)
{
    for (unsigned i = 0; i < encoder->used; i++)
        if (slot_at(encoder, i)->stage != MIM_OUT_PUT)
            return slot_at(encoder, i);
    return NULL;
}

/* Failures count in the order of frames, so that the verdict does not depend on the number of threads. */
static bool
stuck(struct mim_encoder *encoder)
{
    struct mim_out_slot *slot = first_unput(encoder);
    return encoder->status != MIM_OK ||
           (slot && slot->status != MIM_OK && slot->parts_done == slot->parts_claimed && !encoder->serial_busy);
}

static bool
has_room(struct mim_encoder *encoder)
{
    unsigned most = encoder->attached ? encoder->slot_count : least_room(encoder);
    if (encoder->used < least_room(encoder))
        return true;
    const struct mim_out_slot *latest = slot_at(encoder, encoder->used - 1);
    return encoder->used < most && mim_account_fits(&encoder->writer->work->account, 2 * mim_out_slot_bytes(latest));
}

static bool
newest_is_accepted(struct mim_pool_client *client)
{
    struct mim_encoder *encoder = encoder_of(client);
    /* helpers may have written it already, and dropped it */
    const struct mim_out_slot *newest = encoder->used ? slot_at(encoder, encoder->used - 1) : NULL;
    return stuck(encoder) || !newest || newest->stage != MIM_OUT_GIVEN || newest->status != MIM_OK;
}

static bool
can_take_another(struct mim_pool_client *client)
{
    struct mim_encoder *encoder = encoder_of(client);
    return stuck(encoder) || has_room(encoder);
}

static bool
all_is_put(struct mim_pool_client *client)
{
    struct mim_encoder *encoder = encoder_of(client);
    return stuck(encoder) || !first_unput(encoder);
}

static bool
nothing_runs(struct mim_pool_client *client)
{
    return !client->running;
}

static bool
never_interrupted(struct mim_pool_client *client)
{
    (void)client;
    return false;
}

/* A frame that was refused memory while others held some is encoded again, alone. */
static void
let_encode_alone(struct mim_encoder *encoder)
{
    mim_pool_lock(encoder->pool);
    encoder->solo = true;
    mim_pool_unlock(encoder->pool);
    mim_pool_work(encoder->pool, &encoder->client, nothing_runs, never_interrupted);
    mim_plugin_writer_close_workers(encoder->writer);

    mim_pool_lock(encoder->pool);
    for (unsigned i = 0; i < encoder->used; i++)
        if (slot_at(encoder, i)->stage == MIM_OUT_READY)
            mim_out_slot_forget_coded(slot_at(encoder, i), encoder->writer);
    account_frames(encoder);
    mim_pool_unlock(encoder->pool);
}

static enum mim_status
final_status(struct mim_encoder *encoder, struct mim_error *err)
{
    return mim_encoder_status(encoder, err);
}

/* Work until `goal`, or until the writer has failed for good. */
static enum mim_status
work_until(struct mim_encoder *encoder, bool (*goal)(struct mim_pool_client *), struct mim_error *err)
{
    for (;;) {
        mim_pool_work(encoder->pool, &encoder->client, goal, interrupted);
        mim_pool_lock(encoder->pool);
        struct mim_out_slot *slot = first_unput(encoder);
        bool failed = stuck(encoder), reached = goal(&encoder->client);
        bool alone = failed && encoder->status == MIM_OK && slot->starved;
        if (failed && !alone && encoder->status == MIM_OK)
            give_up(encoder, slot->status, &slot->error);
        mim_pool_unlock(encoder->pool);

        if (alone) {
            let_encode_alone(encoder);
            continue;
        }
        if (failed)
            return final_status(encoder, err);
        if (reached)
            return MIM_OK;
        struct mim_error error;
        enum mim_status status = mim_work_poll(encoder->writer->work, &error);
        if (status != MIM_OK) {
            mim_pool_lock(encoder->pool);
            give_up(encoder, status, &error);
            mim_pool_unlock(encoder->pool);
            return final_status(encoder, err);
        }
    }
}

/* The newest frame is accepted; it is still there while no helper works. */
static void
consider_threads(struct mim_encoder *encoder)
{
    if (encoder->attached || mim_pool_threads(encoder->pool) < 2)
        return;
    const struct mim_out_slot *newest = slot_at(encoder, encoder->used - 1);
    bool large = newest->info.parts > 1 && mim_out_slot_bytes(newest) >= LARGE_FRAME;
    if (encoder->put ? encoder->mean_ns < TINY_NS : !large)
        return;
    mim_pool_start(encoder->pool);
    mim_pool_attach(encoder->pool, &encoder->client);
    mim_pool_lock(encoder->pool);
    encoder->attached = true;
    mim_pool_wake(encoder->pool);
    mim_pool_unlock(encoder->pool);
}

/* Nothing more comes: what was added before the failure is written first, and may have failed earlier. So the verdict does
 * not depend on how far the threads are. */
static enum mim_status
fail_in_order(struct mim_encoder *encoder, enum mim_status status, const struct mim_error *error, struct mim_error *err)
{
    mim_pool_lock(encoder->pool);
    encoder->finishing = true;
    mim_pool_unlock(encoder->pool);
    if (!encoder->survey && status != MIM_CANCELLED && status != MIM_TIMEOUT)
        work_until(encoder, all_is_put, NULL);
    mim_pool_lock(encoder->pool);
    give_up(encoder, status, error);
    mim_pool_unlock(encoder->pool);
    return final_status(encoder, err);
}

static enum mim_status
note_losses(struct mim_encoder *encoder, const struct mim_frame *frame, struct mim_error *err)
{
    const struct mim_writer_ops *ops = encoder->writer->ops;
    const struct mim_notice_origin second = { .frame = MIM_UNKNOWN, .place = 1 }; /* of the whole, found out now */
    enum mim_status status = MIM_OK;
    char text[160];
    if (encoder->added != 1) /* one frame alone has no timing to lose */
        return MIM_OK;
    if (frame->time_base.den && !(ops->flags & MIM_WRITER_TIMING)) {
        snprintf(text, sizeof text, "%s keeps no timing: how long each frame is shown is lost", encoder->writer->format);
        status = mim_work_notice_at(encoder->writer->work, MIM_NOTICE_TIMING, &second, text, err);
    }
    if (status == MIM_OK && frame->loop >= 0 && !(ops->flags & MIM_WRITER_LOOP)) {
        snprintf(text, sizeof text, "%s keeps no loop count: how often the sequence is played is lost", encoder->writer->format);
        status = mim_work_notice_at(encoder->writer->work, MIM_NOTICE_LOOP, &second, text, err);
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
    mim_fail(err, MIM_ARGUMENT, "frame %" PRIu64 " is %ux%u with %u channels of %s, the first is %ux%u with %u of %s; frames of "
             "one %s must be alike", encoder->added, info->width, info->height, info->channels,
             mim_sample_name((enum mim_sample)info->sample), first->width, first->height, first->channels,
             mim_sample_name((enum mim_sample)first->sample), encoder->writer->format);
    if (err)
        err->frame = encoder->added;
    return MIM_ARGUMENT;
}

static enum mim_status
start(struct mim_encoder *encoder, const struct mim_frame *frame, struct mim_error *err)
{
    encoder->time_base = frame->time_base;
    encoder->first_info = mim_out_slot_info(frame, frame->time_base);
    enum mim_status status = mim_plugin_writer_start(encoder->writer, &encoder->first_info, frame->time_base, frame->loop,
                                                     encoder->expected, err);
    if (status == MIM_OK && encoder->writer->sequence.passes == 2 && encoder->writer->ops->survey)
        status = mim_survey_create(&encoder->survey, encoder->writer, err);
    return status;
}

static void
place(struct mim_encoder *encoder, struct mim_out_slot *slot, struct mim_frame *frame, const struct mim_frame_info *info)
{
    *slot = (struct mim_out_slot){ .packet = slot->packet, .index = encoder->added, .frame = *frame, .info = *info };
    *frame = (struct mim_frame){ 0 };
    encoder->added++;
}

/* Was the newest frame not accepted? Then it never came. */
static bool
refused(struct mim_encoder *encoder, uint64_t index, struct mim_error *err)
{
    mim_pool_lock(encoder->pool);
    struct mim_out_slot *slot = encoder->used ? slot_at(encoder, encoder->used - 1) : NULL;
    bool refused = slot && slot->index == index && slot->stage == MIM_OUT_GIVEN && slot->status != MIM_OK;
    if (refused) {
        *err = slot->error;
        err->status = slot->status;
        mim_out_slot_clear(slot, encoder->writer);
        encoder->used--;
        account_frames(encoder);
    }
    mim_pool_unlock(encoder->pool);
    return refused;
}

static enum mim_status
add_to_ring(struct mim_encoder *encoder, struct mim_frame *frame, const struct mim_frame_info *info, struct mim_error *err)
{
    enum mim_status status = work_until(encoder, can_take_another, err);
    if (status != MIM_OK)
        return status;

    mim_pool_lock(encoder->pool);
    struct mim_out_slot *slot = slot_at(encoder, encoder->used);
    place(encoder, slot, frame, info);
    encoder->used++;
    mim_account_expect(&encoder->writer->work->account, mim_out_slot_bytes(slot));
    account_frames(encoder);
    if (encoder->attached)
        mim_pool_wake(encoder->pool);
    mim_pool_unlock(encoder->pool);

    status = work_until(encoder, newest_is_accepted, err);
    if (status != MIM_OK)
        return status;
    if (refused(encoder, encoder->added - 1, err))
        return err->status;
    consider_threads(encoder);
    return MIM_OK;
}

static enum mim_status
add_to_survey(struct mim_encoder *encoder, struct mim_frame *frame, const struct mim_frame_info *info, struct mim_error *err)
{
    struct mim_out_slot *slot = slot_at(encoder, 0);
    place(encoder, slot, frame, info);
    enum mim_status status = mim_work_poll(encoder->writer->work, err);
    if (status == MIM_OK)
        status = accept(encoder, slot, err);
    if (status == MIM_OK)
        status = mim_survey_add(encoder->survey, slot, err);
    if (status != MIM_OK && err->frame == MIM_UNKNOWN)
        err->frame = slot->index;
    mim_out_slot_clear(slot, encoder->writer);
    return status;
}

static enum mim_status
add(struct mim_encoder *encoder, struct mim_frame *frame, struct mim_error *err)
{
    enum mim_status status = encoder->added ? MIM_OK : start(encoder, frame, err);
    struct mim_frame_info info = mim_out_slot_info(frame, encoder->time_base);
    if (status == MIM_OK)
        status = check_shape(encoder, &info, err);
    if (status == MIM_OK)
        status = note_losses(encoder, frame, err);
    if (status == MIM_OK)
        status = (encoder->survey ? add_to_survey : add_to_ring)(encoder, frame, &info, err);
    return status;
}

enum mim_status
mim_encoder_add(struct mim_encoder *encoder, struct mim_frame *frame, struct mim_error *err)
{
    struct mim_error error = { .frame = MIM_UNKNOWN };
    enum mim_status status = encoder->status == MIM_OK ? add(encoder, frame, &error) : MIM_OK;
    mim_frame_clear(frame);
    return status == MIM_OK ? final_status(encoder, err) : fail_in_order(encoder, status, &error, err);
}

enum mim_status
mim_encoder_fail(struct mim_encoder *encoder, enum mim_status status, const struct mim_error *error, struct mim_error *err)
{
    return encoder->status == MIM_OK ? fail_in_order(encoder, status, error, err) : final_status(encoder, err);
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
    uint64_t count = mim_survey_count(encoder->survey);
    enum mim_status status = mim_survey_end(encoder->survey, err);
    for (uint64_t i = 0; i < count && status == MIM_OK; i++) {
        status = work_until(encoder, can_take_another, err);
        if (status != MIM_OK)
            break;
        struct mim_out_slot *slot = slot_at(encoder, encoder->used);
        *slot = (struct mim_out_slot){ .packet = slot->packet, .index = i };
        status = mim_survey_replay(encoder->survey, slot, err);
        if (status != MIM_OK) {
            mim_out_slot_clear(slot, encoder->writer);
            break;
        }
        slot->stage = mim_out_slot_next_stage(slot);
        mim_pool_lock(encoder->pool);
        encoder->used++;
        mim_account_expect(&encoder->writer->work->account, mim_out_slot_bytes(slot));
        account_frames(encoder);
        if (encoder->attached)
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
    if (status == MIM_OK && encoder->survey)
        status = replay(encoder, &error);
    mim_pool_lock(encoder->pool);
    encoder->finishing = true;
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
    return final_status(encoder, err);
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
    encoder->client = (struct mim_pool_client){ .claim = claim, .run = run, .settle = settle };
    encoder->pool = pool;
    encoder->writer = writer;
    encoder->expected = count;
    unsigned threads = mim_pool_threads(pool);
    encoder->slot_count = least_room(encoder) + (threads > 1 ? threads * SLOTS_PER_THREAD : 0);
    if (encoder->slot_count > MIM_MOST_IN_FLIGHT)
        encoder->slot_count = MIM_MOST_IN_FLIGHT;
    encoder->slots = calloc(encoder->slot_count, sizeof *encoder->slots);
    bool complete = encoder->slots != NULL;
    for (unsigned i = 0; complete && i < encoder->slot_count; i++)
        complete = (encoder->slots[i].packet = calloc(1, writer->ops->packet_size ? writer->ops->packet_size : 1)) != NULL;
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
    mim_pool_work(encoder->pool, &encoder->client, nothing_runs, never_interrupted);
    if (encoder->attached)
        mim_pool_detach(encoder->pool, &encoder->client);
    while (encoder->used)
        drop_first(encoder);
    for (unsigned i = 0; encoder->slots && i < encoder->slot_count; i++)
        free(encoder->slots[i].packet);
    free(encoder->slots);
    mim_survey_destroy(encoder->survey);
    free(encoder);
}
