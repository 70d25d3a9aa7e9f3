/* SPDX-License-Identifier: MIT */
/* The calls of a decoder: opening, selecting frames, delivering the next one, closing. */
#include "pipeline/decode.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "base/error.h"
#include "frame/buffer.h"
#include "frame/meta.h"
#include "pipeline/conversion-notices.h"
#include "pipeline/decode-priv.h"

/* The decoder is halted: start anew, with no frame wanted before the next call. */
static void
restart_decoder(struct mim_decoder *decoder)
{
    decoder->demand = MIM_DEMAND_NONE;
    mim_ring_set_exclusive(&decoder->ring, false);
    mim_ring_resume(&decoder->ring);
}

void
mim_decoder_select(struct mim_decoder *decoder, const struct mim_selection *selection)
{
    mim_decoder_halt(decoder);
    mim_decoder_clear_kept(decoder);
    mim_decode_plan_select(&decoder->plan, selection);
    mim_ring_charge(&decoder->ring);
    restart_decoder(decoder);
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
mim_decoder_kept(struct mim_decoder *decoder)
{
    mim_pool_lock(decoder->ring.pool);
    uint64_t deliveries = decoder->kept.deliveries;
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
    return at_the_end(decoder) || (decoder->ring.used && mim_decoder_frame(decoder, 0)->stage == MIM_DECODE_ACTIVE);
}

static bool
next_is_done(struct mim_pool_client *client)
{
    struct mim_decoder *decoder = decoder_of(client);
    if (decoder->ring.used && mim_decoder_frame(decoder, 0)->target.is_wanted)
        return mim_decode_frame_is_done(mim_decoder_frame(decoder, 0));
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

static enum mim_status
hand_over(struct mim_decoder *decoder, struct mim_decode_frame *frame, struct mim_frame *to, struct mim_error *err)
{
    const struct mim_ring_entry *entry = &frame->entry;
    const struct mim_notice_origin origin = { .frame = entry->index, .place = entry->index, .step = UINT32_MAX };
    enum mim_status status = entry->outcome.status;
    if (status != MIM_OK && err)
        *err = entry->outcome.error;
    if (status == MIM_OK && frame->target.is_sorted && decoder->route.result)
        status = mim_decode_frame_check_result(frame, &decoder->route, err);
    if (status == MIM_OK)
        status = mim_conversion_report(&frame->conversion, &frame->loss, decoder->ring.operation, &origin, err);
    if (status == MIM_OK)
        status = mim_decode_frame_deliver(frame, &decoder->route, to, err);
    if (status != MIM_OK && err && err->frame == MIM_UNKNOWN)
        err->frame = entry->index;
    return status;
}

static void
count_result(struct mim_decoder *decoder, const struct mim_decode_frame *frame)
{
    uint64_t bytes = mim_decode_frame_packed_bytes(frame);
    decoder->result.delivered += bytes;
    decoder->result.admitted += frame->target.is_sorted ? bytes : 0;
}

/* A frame that is needed again is copied. Without memory for that it is handed over, and decoded again later. */
static bool
copy_kept(struct mim_decoder *decoder, const struct mim_decode_frame *kept, struct mim_decode_frame *copy)
{
    uint64_t size = kept->out.stride * kept->out.height;
    *copy = *kept;
    copy->metadata.items = NULL;
    copy->out_buffer = mim_buffer_get(decoder->route.store, size);
    if (!copy->out_buffer || mim_meta_copy(&copy->metadata.items, kept->metadata.items, NULL) != MIM_OK) {
        mim_buffer_release(copy->out_buffer);
        return false;
    }
    copy->out.data = mim_buffer_data(copy->out_buffer);
    memcpy(copy->out.data, kept->out.data, size);
    return true;
}

static enum mim_status
deliver_kept(struct mim_decoder *decoder, struct mim_decode_frame *kept, bool is_last_use, struct mim_frame *to,
             struct mim_error *err)
{
    struct mim_decode_frame copy;
    bool is_copied = !is_last_use && kept->entry.outcome.status == MIM_OK && copy_kept(decoder, kept, &copy);
    enum mim_status status = hand_over(decoder, is_copied ? &copy : kept, to, err);
    if (is_copied)
        mim_decode_frame_clear(&copy);
    if (status != MIM_OK)
        return status;

    mim_pool_lock(decoder->ring.pool);
    count_result(decoder, kept);
    mim_decoder_use_kept(decoder, !is_copied);
    mim_ring_wake(&decoder->ring);
    mim_pool_unlock(decoder->ring.pool);
    return MIM_OK;
}

static enum mim_status
deliver_first(struct mim_decoder *decoder, struct mim_frame *to, struct mim_error *err)
{
    struct mim_ring *ring = &decoder->ring;
    struct mim_decode_frame *frame = mim_decoder_frame(decoder, 0);
    enum mim_status status = hand_over(decoder, frame, to, err);
    if (status != MIM_OK) {
        mim_decoder_halt(decoder);
        restart_decoder(decoder);
        return status;
    }

    mim_pool_lock(ring->pool);
    mim_ring_complete(ring, &frame->entry);
    mim_decode_plan_deliver(&decoder->plan);
    count_result(decoder, frame);
    mim_ring_drop_first(ring);
    mim_decoder_drop_passed(decoder);
    mim_ring_wake(ring);
    mim_pool_unlock(ring->pool);
    return MIM_OK;
}

/* The first frame was refused memory while others held some: decode it again with all the memory. */
static void
retry_exclusively(struct mim_decoder *decoder)
{
    mim_decoder_give_up_kept(decoder);
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

/* The first frame is done. false: it is kept, or decoded again in its turn. */
static bool
settle_first(struct mim_decoder *decoder, struct mim_frame *frame, enum mim_status *status, struct mim_error *err)
{
    enum mim_status outcome = mim_decoder_frame(decoder, 0)->entry.outcome.status;
    if (outcome == MIM_NOMEM && mim_decoder_frame(decoder, 0)->target.is_sorted) {
        mim_decoder_give_up_kept(decoder);
        mim_ring_resume(&decoder->ring);
        return false;
    }
    mim_pool_lock(decoder->ring.pool);
    bool is_direct = outcome == MIM_CANCELLED || outcome == MIM_TIMEOUT || mim_decoder_is_direct(decoder);
    if (!is_direct)
        mim_decoder_pass_first(decoder);
    mim_pool_unlock(decoder->ring.pool);
    if (is_direct)
        *status = deliver_first(decoder, frame, err);
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
    struct mim_decode_frame *kept = mim_decoder_kept_frame(decoder, &is_last_use);
    mim_pool_unlock(decoder->ring.pool);
    if (kept) {
        *status = deliver_kept(decoder, kept, is_last_use, frame, err);
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

/* How many frames may be kept depends on their size: look at the first before the order is chosen. */
static bool
needs_size(struct mim_decoder *decoder)
{
    const struct mim_decode_plan *plan = &decoder->plan;
    if (!plan->is_sorting)
        return false;
    mim_pool_lock(decoder->ring.pool);
    bool is_unknown = !decoder->kept.frame_bytes && mim_decode_window_is_used_up(&plan->window);
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

/* --- opening and closing ------------------------------------------------------------------------------------------ */

static enum mim_status
make_canvas(struct mim_decoder *decoder, struct mim_error *err)
{
    unsigned threads = mim_pool_threads(decoder->ring.pool);
    enum mim_status status = mim_plugin_reader_settle_opacity(&decoder->plugin, err);
    if (status == MIM_OK)
        status =
            mim_canvas_init(&decoder->canvas.pixels, &decoder->plugin.sequence, threads > 1 ? threads * 4 : 1, err);
    decoder->route.canvas = &decoder->canvas.pixels;
    return status;
}

static enum mim_status
make_ring(struct mim_decoder *decoder, struct mim_error *err)
{
    unsigned spare = mim_ring_spare_entries(decoder->ring.pool);
    decoder->ring.min_capacity = decoder->plan.is_composed ? 2 : 1;
    return mim_ring_alloc(&decoder->ring, spare ? spare + 1 : 2, decoder->plugin.ops->packet_size, err);
}

static enum mim_status
open_decoder(struct mim_decoder *decoder, const struct mim_decoder_setup *setup, struct mim_error *err)
{
    decoder->options = mim_options_copy(setup->options);
    decoder->route.store = mim_frame_store_create();
    if (!decoder->options || !decoder->route.store)
        return mim_fail_nomem(err, "a reader");
    decoder->plugin.options = decoder->options;
    enum mim_status status = mim_plugin_reader_open(&decoder->plugin, mim_pool_threads(decoder->ring.pool), err);
    if (status != MIM_OK)
        return status;

    mim_decode_plan_init(&decoder->plan, decoder->plugin.sequence.canvas_width != 0, setup->ops->flags);
    if (decoder->plan.is_composed)
        status = make_canvas(decoder, err);
    return status == MIM_OK ? make_ring(decoder, err) : status;
}

enum mim_status
mim_decoder_open(struct mim_decoder **out, const struct mim_decoder_setup *setup, struct mim_error *err)
{
    struct mim_decoder *decoder = calloc(1, sizeof *decoder);
    if (!decoder)
        return mim_fail_nomem(err, "a reader");
    decoder->ring.ops = &mim_decode_steps;
    decoder->ring.pool = setup->pool;
    decoder->ring.operation = setup->operation;
    decoder->advanced = setup->advanced;
    decoder->user = setup->user;
    decoder->target = setup->target;
    decoder->source_of = setup->source_of;
    decoder->wants_metadata = setup->wants_metadata && setup->ops->metadata;
    if (setup->other)
        decoder->other = *setup->other;
    decoder->plugin.ops = setup->ops;
    decoder->plugin.operation = setup->operation;
    decoder->plugin.format = setup->format;
    decoder->plugin.other = setup->other ? &decoder->other : NULL;
    decoder->route.sequence = &decoder->plugin.sequence;
    decoder->route.target = &decoder->target;
    decoder->route.operation = setup->operation;

    enum mim_status status = open_decoder(decoder, setup, err);
    if (status != MIM_OK) {
        mim_decoder_close(decoder);
        return status;
    }
    *out = decoder;
    return MIM_OK;
}

void
mim_decoder_close(struct mim_decoder *decoder)
{
    if (!decoder)
        return;
    mim_ring_stop(&decoder->ring);
    mim_decoder_clear_kept(decoder);
    mim_decoder_drop_all(decoder);
    mim_plugin_reader_close(&decoder->plugin);
    mim_ring_clear(&decoder->ring);
    mim_canvas_clear(&decoder->canvas.pixels);
    mim_decode_plan_clear(&decoder->plan);
    mim_frame_store_close(decoder->route.store);
    mim_options_destroy(decoder->options);
    free(decoder);
}
