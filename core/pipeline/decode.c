/* SPDX-License-Identifier: MIT */
/* The calls of a decoder: selecting frames, and decoding until the next one can be delivered. */
#include "pipeline/decode.h"

#include <inttypes.h>

#include "base/error.h"
#include "frame/buffer.h"
#include "pipeline/decode-priv.h"

void
mim_decoder_restart(struct mim_decoder *decoder)
{
    decoder->demand = MIM_DEMAND_NONE;
    mim_ring_set_exclusive(&decoder->ring, false);
    mim_ring_resume(&decoder->ring);
}

void
mim_decoder_select(struct mim_decoder *decoder, const struct mim_selection *selection)
{
    mim_decoder_halt(decoder);
    mim_decoder_clear_retained(decoder);
    mim_decode_plan_select(&decoder->plan, selection);
    mim_ring_charge(&decoder->ring);
    mim_decoder_restart(decoder);
}

void
mim_decoder_select_run(struct mim_decoder *decoder, const struct mim_run *run)
{
    mim_decoder_halt(decoder); /* the run may be in use */
    decoder->run = *run;
    decoder->run_selection = (struct mim_selection){ .runs = &decoder->run, .run_count = 1 };
    mim_decoder_select(decoder, &decoder->run_selection);
}

bool
mim_decoder_due(const struct mim_decoder *decoder, uint64_t *index)
{
    return mim_decode_plan_due(&decoder->plan, index);
}

uint64_t
mim_decoder_retained(struct mim_decoder *decoder)
{
    mim_pool_lock(decoder->ring.pool);
    uint64_t deliveries = decoder->retained.deliveries;
    mim_pool_unlock(decoder->ring.pool);
    return deliveries;
}

static struct mim_decoder *
decoder_of(struct mim_pool_client *client)
{
    return (struct mim_decoder *)client;
}

static bool
at_the_end(struct mim_decoder *decoder)
{
    uint64_t due;
    if (mim_decoder_has_wanted(decoder) || decoder->ring.is_serial_busy)
        return false;
    return !mim_decode_plan_due(&decoder->plan, &due) || mim_decoder_is_past_end(decoder, due);
}

static bool
next_is_known(struct mim_pool_client *client)
{
    struct mim_decoder *decoder = decoder_of(client);
    const struct mim_decode_frame *first = mim_decoder_frame(decoder, 0);
    return at_the_end(decoder) ||
           (decoder->ring.used && (first->stage == MIM_DECODE_ACTIVE || mim_decoder_parks(decoder, first)));
}

static bool
next_is_done(struct mim_pool_client *client)
{
    struct mim_decoder *decoder = decoder_of(client);
    const struct mim_decode_frame *first = mim_decoder_frame(decoder, 0);
    if (decoder->ring.used && first->target.is_wanted)
        return mim_decode_frame_is_done(first) || mim_decoder_parks(decoder, first);
    return at_the_end(decoder);
}

static enum mim_status
end_status(struct mim_decoder *decoder, struct mim_error *err)
{
    const struct mim_decode_end *end = &decoder->end;
    uint64_t due;
    if (!mim_decode_plan_due(&decoder->plan, &due))
        return MIM_END;
    if (end->status != MIM_END) {
        if (err)
            *err = end->error;
        return end->status;
    }
    if (!mim_decode_plan_is_single(&decoder->plan)) /* a slice ends where the sequence does */
        return mim_decode_plan_end_run(&decoder->plan) ? MIM_OK : MIM_END;
    if (decoder->plan.may_jump) /* the end is past, but its index is unknown */
        return mim_fail(err, MIM_RANGE, "there is no frame %" PRIu64, due);
    return mim_fail(err, MIM_RANGE, "there is no frame %" PRIu64 ": the sequence has %" PRIu64, due, end->index);
}

/* The first frame was refused memory while others held some: decode it again with all the memory. */
static void
retry_exclusively(struct mim_decoder *decoder)
{
    mim_decoder_give_up_retained(decoder);
    mim_plugin_reader_close_workers(&decoder->plugin);
    mim_ring_set_exclusive(&decoder->ring, true);
    mim_ring_resume(&decoder->ring);
}

/* The status comes from an earlier call that was interrupted; this call is not. */
static bool
is_stale(const struct mim_decoder *decoder, enum mim_status status)
{
    return (status == MIM_CANCELLED || status == MIM_TIMEOUT) &&
           mim_operation_poll(decoder->ring.operation, NULL) == MIM_OK;
}

enum outlook { NOT_YET, AT_THE_END, REFUSED, STALE, READY };

static enum outlook
judge_next(struct mim_decoder *decoder, bool (*goal)(struct mim_pool_client *))
{
    if (!goal(&decoder->ring.client))
        return NOT_YET;
    if (!mim_decoder_has_wanted(decoder))
        return AT_THE_END;
    const struct mim_ring_outcome *outcome = &mim_decoder_frame(decoder, 0)->entry.outcome;
    return outcome->is_refused ? REFUSED : is_stale(decoder, outcome->status) ? STALE : READY;
}

static enum outlook
work_until(struct mim_decoder *decoder, bool (*goal)(struct mim_pool_client *))
{
    mim_ring_consider_threads(&decoder->ring);
    mim_ring_work(&decoder->ring, goal);
    mim_pool_lock(decoder->ring.pool);
    enum outlook outlook = judge_next(decoder, goal);
    mim_pool_unlock(decoder->ring.pool);
    return outlook;
}

static void
set_demand(struct mim_decoder *decoder, enum mim_decode_demand demand)
{
    mim_pool_lock(decoder->ring.pool);
    decoder->demand = demand;
    mim_pool_unlock(decoder->ring.pool);
}

/* The first frame is done. false: it is retained, or decoded again in its turn. */
static bool
settle_first(struct mim_decoder *decoder, struct mim_frame *frame, enum mim_status *status, struct mim_error *err)
{
    enum mim_status outcome = mim_decoder_frame(decoder, 0)->entry.outcome.status;
    if (outcome == MIM_NOMEM && mim_decoder_frame(decoder, 0)->target.is_sorted) {
        mim_decoder_give_up_retained(decoder);
        mim_ring_resume(&decoder->ring);
        return false;
    }
    mim_pool_lock(decoder->ring.pool);
    bool is_direct = outcome == MIM_CANCELLED || outcome == MIM_TIMEOUT || mim_decoder_is_direct(decoder);
    if (!is_direct)
        mim_decoder_pass_first(decoder);
    mim_pool_unlock(decoder->ring.pool);
    if (is_direct)
        *status = mim_decoder_deliver_first(decoder, frame, err);
    else
        *status = mim_operation_poll(decoder->ring.operation, err);
    if (*status == MIM_OK && !is_direct && decoder->advanced)
        *status = decoder->advanced(decoder->user, err);
    return is_direct || *status != MIM_OK;
}

/* false: try again. */
static bool
try_next(struct mim_decoder *decoder, struct mim_frame *frame, enum mim_status *status, struct mim_error *err)
{
    bool is_last_use;
    mim_pool_lock(decoder->ring.pool);
    struct mim_decode_frame *retained = mim_decoder_retained_frame(decoder, &is_last_use);
    mim_pool_unlock(decoder->ring.pool);
    if (retained) {
        *status = mim_decoder_deliver_retained(decoder, retained, is_last_use, frame, err);
        return true;
    }
    enum outlook outlook = work_until(decoder, next_is_known);
    if (outlook != NOT_YET) /* the size of the frame is known: threads may be worth it now */
        outlook = work_until(decoder, next_is_done);
    switch (outlook) {
    case NOT_YET:
        *status = mim_operation_poll(decoder->ring.operation, err);
        return *status != MIM_OK;
    case AT_THE_END:
        mim_pool_lock(decoder->ring.pool);
        *status = end_status(decoder, err);
        mim_pool_unlock(decoder->ring.pool);
        return *status != MIM_OK;
    case REFUSED:
        retry_exclusively(decoder);
        return false;
    case STALE:
        mim_decoder_halt(decoder);
        mim_ring_resume(&decoder->ring);
        return false;
    case READY:
        break;
    }
    return settle_first(decoder, frame, status, err);
}

/* How many frames may be retained depends on their size: look at the first before the order is chosen. */
static bool
needs_size(struct mim_decoder *decoder)
{
    const struct mim_decode_plan *plan = &decoder->plan;
    if (!plan->is_sorting)
        return false;
    mim_pool_lock(decoder->ring.pool);
    bool is_unknown = !decoder->retained.frame_bytes && mim_decode_window_is_used_up(&plan->window);
    mim_pool_unlock(decoder->ring.pool);
    return is_unknown && mim_cursor_ascent(&plan->due, plan->selection, MIM_UNKNOWN) != MIM_UNKNOWN;
}

enum mim_status
mim_decoder_next(struct mim_decoder *decoder, bool read_ahead, struct mim_frame *frame, struct mim_error *err)
{
    enum mim_status status = MIM_OK;
    if (needs_size(decoder))
        mim_decoder_learn_size(decoder);
    set_demand(decoder, read_ahead ? MIM_DEMAND_READ_AHEAD : MIM_DEMAND_ONE);
    while (!try_next(decoder, frame, &status, err)) {
    }
    set_demand(decoder, read_ahead && status == MIM_OK ? MIM_DEMAND_READ_AHEAD : MIM_DEMAND_NONE);
    return status;
}

bool
mim_decoder_leave_out_reduced(struct mim_decoder *decoder)
{
    const struct mim_reader_ops *ops = decoder->plugin.ops;
    const struct mim_option_table table = { .rows = ops->options, .count = ops->option_count };
    return decoder->reduced.are_left_out = mim_option_find(&table, "reduced");
}

enum mim_status
mim_decoder_damage(const struct mim_decoder *decoder, struct mim_error *err)
{
    if (decoder->damage.status != MIM_OK && err)
        *err = decoder->damage;
    return decoder->damage.status;
}

uint64_t
mim_decoder_left_out(const struct mim_decoder *decoder)
{
    return decoder->reduced.count;
}

void
mim_decoder_skip(struct mim_decoder *decoder)
{
    mim_decoder_halt(decoder);
    mim_decode_plan_skip(&decoder->plan);
    mim_ring_resume(&decoder->ring);
}

const struct mim_sequence *
mim_decoder_sequence(const struct mim_decoder *decoder)
{
    return &decoder->plugin.sequence;
}

void
mim_decoder_limit_result(struct mim_decoder *decoder, uint64_t bytes)
{
    mim_decoder_halt(decoder);
    decoder->result = (struct mim_result_budget){ .limit = bytes };
    decoder->route.result = bytes == MIM_NO_LIMIT ? NULL : &decoder->result;
    mim_ring_resume(&decoder->ring);
}

void
mim_decoder_expect_result(struct mim_decoder *decoder)
{
    mim_frame_store_keep(decoder->route.store);
}
