/* SPDX-License-Identifier: MIT */
/* The reading pipeline from the caller's side: which frames, the next one, facts without pixels, opening and closing. */
#include "pipeline/decode.h"

#include <inttypes.h>
#include <stdlib.h>

#include "base/error.h"
#include "frame/buffer.h"
#include "frame/meta.h"
#include "pipeline/conversion-notices.h"
#include "pipeline/decode-steps.h"

#define LARGE_FRAME (4u << 20) /* bytes: worth several threads even when it is alone */
#define FRAMES_PER_THREAD 2

static bool
interrupted(struct mim_pool_client *client)
{
    return mim_operation_poll(mim_decoder_of(client)->plugin.operation, NULL) != MIM_OK;
}

void
mim_decoder_select(struct mim_decoder *decoder, const struct mim_selection *selection)
{
    mim_decoder_halt(decoder);
    decoder->selection = selection;
    decoder->cursor = (struct mim_cursor){ 0 };
    decoder->read_ahead = decoder->is_exclusive = false;
    mim_decoder_resume(decoder);
}

void
mim_decoder_set_range(struct mim_decoder *decoder, uint64_t first, uint64_t count)
{
    mim_decoder_halt(decoder);
    decoder->run = (struct mim_run){ .first = first, .step = 1, .count = count };
    decoder->by_frame = (struct mim_selection){ .runs = &decoder->run, .run_count = 1 };
    decoder->selection = &decoder->by_frame;
    decoder->cursor = (struct mim_cursor){ 0 };
    decoder->read_ahead = decoder->is_exclusive = false;
    mim_decoder_resume(decoder);
}

static bool
at_the_end(struct mim_decoder *decoder)
{
    uint64_t target;
    if (mim_decoder_has_wanted(decoder) || decoder->is_serial_busy)
        return false;
    return !mim_cursor_index(&decoder->cursor, decoder->selection, &target) ||
           (decoder->has_ended && target >= decoder->end_index);
}

static bool
next_is_known(struct mim_pool_client *client)
{
    struct mim_decoder *decoder = mim_decoder_of(client);
    return at_the_end(decoder) || (decoder->used && mim_decoder_frame(decoder, 0)->stage == MIM_DECODE_ACTIVE);
}

static bool
next_is_done(struct mim_pool_client *client)
{
    struct mim_decoder *decoder = mim_decoder_of(client);
    if (decoder->used && mim_decoder_frame(decoder, 0)->is_wanted)
        return mim_decode_frame_done(mim_decoder_frame(decoder, 0));
    return at_the_end(decoder);
}

static bool
worth_threads(struct mim_decoder *decoder)
{
    if (decoder->pace.frames)
        return !mim_pool_pace_is_tiny(&decoder->pace);
    if (!decoder->used)
        return false;
    const struct mim_decode_frame *frame = mim_decoder_frame(decoder, 0);
    return frame->info.parts > 1 && frame->pixels.stride * frame->pixels.height >= LARGE_FRAME;
}

/* Threads join when there is a second frame, or a first one that is large and comes in parts. */
static void
consider_threads(struct mim_decoder *decoder)
{
    if (decoder->is_attached || mim_pool_threads(decoder->pool) < 2)
        return;
    mim_pool_lock(decoder->pool);
    bool worth = worth_threads(decoder);
    mim_pool_unlock(decoder->pool);
    if (!worth)
        return;

    mim_pool_start(decoder->pool);
    mim_pool_attach(decoder->pool, &decoder->client);
    mim_pool_lock(decoder->pool);
    decoder->is_attached = true;
    decoder->capacity = decoder->frame_count;
    mim_pool_wake(decoder->pool);
    mim_pool_unlock(decoder->pool);
}

static enum mim_status
end_status(struct mim_decoder *decoder, struct mim_error *err)
{
    uint64_t target;
    if (!mim_cursor_index(&decoder->cursor, decoder->selection, &target))
        return MIM_END;
    if (decoder->end_status != MIM_END) {
        if (err)
            *err = decoder->end_error;
        return decoder->end_status;
    }
    const struct mim_run *run = mim_cursor_run(&decoder->cursor, decoder->selection);
    if (run->count != 1) /* a slice ends where the sequence does; a single number that no frame has is a mistake */
        return mim_cursor_end_run(&decoder->cursor, decoder->selection) ? MIM_OK : MIM_END;
    if (mim_decoder_any_order(decoder)) /* who jumps past the end learns that it is past, not where it is */
        return mim_fail(err, MIM_RANGE, "there is no frame %" PRIu64, target);
    return mim_fail(err, MIM_RANGE, "there is no frame %" PRIu64 ": the sequence has %" PRIu64, target,
                    decoder->end_index);
}

static enum mim_status
deliver(struct mim_decoder *decoder, struct mim_frame *to, struct mim_error *err)
{
    struct mim_decode_frame *frame = mim_decoder_frame(decoder, 0);
    enum mim_status status = frame->status;
    if (status != MIM_OK && err)
        *err = frame->error;
    const struct mim_notice_origin origin = { .frame = frame->index, .place = frame->index, .step = UINT32_MAX };
    if (status == MIM_OK)
        status = mim_conversion_report(&frame->conversion, &frame->loss, decoder->plugin.operation, &origin, err);
    if (status == MIM_OK)
        status = mim_decode_frame_deliver(frame, &decoder->route, to, err);
    if (status != MIM_OK) {
        if (err && err->frame == MIM_UNKNOWN)
            err->frame = frame->index;
        mim_decoder_halt(decoder);
        decoder->read_ahead = decoder->is_exclusive = false;
        mim_decoder_resume(decoder);
        return status;
    }

    mim_pool_lock(decoder->pool);
    mim_pool_pace_note(&decoder->pace, frame->cost_ns);
    decoder->result.delivered += mim_decode_frame_packed_bytes(frame);
    decoder->is_exclusive = false;
    mim_decoder_drop_first(decoder);
    mim_decoder_drop_passed(decoder);
    if (decoder->is_attached && !mim_pool_pace_is_tiny(&decoder->pace))
        mim_pool_wake(decoder->pool);
    mim_pool_unlock(decoder->pool);
    return MIM_OK;
}

/* A frame that was refused memory while others held some gets all there is. */
static void
retry_exclusively(struct mim_decoder *decoder)
{
    mim_decoder_halt(decoder);
    mim_plugin_reader_close_workers(&decoder->plugin);
    decoder->is_exclusive = true;
    mim_decoder_resume(decoder);
}

/* An earlier call was cancelled; this one is not. */
static bool
is_stale(const struct mim_decoder *decoder, const struct mim_decode_frame *frame)
{
    return (frame->status == MIM_CANCELLED || frame->status == MIM_TIMEOUT) &&
           mim_operation_poll(decoder->plugin.operation, NULL) == MIM_OK;
}

enum outlook { NOT_YET, AT_THE_END, REFUSED, STALE, READY };

static enum outlook
judge_next(struct mim_decoder *decoder, bool (*goal)(struct mim_pool_client *))
{
    mim_pool_lock(decoder->pool);
    enum outlook outlook = !goal(&decoder->client)                            ? NOT_YET
                           : !mim_decoder_has_wanted(decoder)                 ? AT_THE_END
                           : mim_decoder_frame(decoder, 0)->is_refused        ? REFUSED
                           : is_stale(decoder, mim_decoder_frame(decoder, 0)) ? STALE
                                                                              : READY;
    mim_pool_unlock(decoder->pool);
    return outlook;
}

static enum outlook
work_for_next(struct mim_decoder *decoder)
{
    consider_threads(decoder);
    mim_pool_work(decoder->pool, &decoder->client, next_is_known, interrupted);
    if (judge_next(decoder, next_is_known) == NOT_YET)
        return NOT_YET;
    consider_threads(decoder);
    mim_pool_work(decoder->pool, &decoder->client, next_is_done, interrupted);
    return judge_next(decoder, next_is_done);
}

static void
set_demand(struct mim_decoder *decoder, bool demand, bool read_ahead)
{
    mim_pool_lock(decoder->pool);
    decoder->demand = demand;
    decoder->read_ahead = read_ahead;
    mim_pool_unlock(decoder->pool);
}

/* true: `status` is the answer. */
static bool
next_or_why(struct mim_decoder *decoder, struct mim_frame *frame, enum mim_status *status, struct mim_error *err)
{
    switch (work_for_next(decoder)) {
    case NOT_YET:
        *status = mim_operation_poll(decoder->plugin.operation, err);
        return *status != MIM_OK;
    case AT_THE_END:
        mim_pool_lock(decoder->pool);
        *status = end_status(decoder, err);
        mim_pool_unlock(decoder->pool);
        return *status != MIM_OK;
    case REFUSED:
        retry_exclusively(decoder);
        return false;
    case STALE:
        mim_decoder_halt(decoder);
        mim_decoder_resume(decoder);
        return false;
    case READY:
        break;
    }
    *status = deliver(decoder, frame, err);
    return true;
}

enum mim_status
mim_decoder_next(struct mim_decoder *decoder, bool read_ahead, struct mim_frame *frame, struct mim_error *err)
{
    enum mim_status status = MIM_OK;
    set_demand(decoder, true, read_ahead);
    while (!next_or_why(decoder, frame, &status, err)) {
    }
    set_demand(decoder, false, read_ahead && status == MIM_OK);
    return status;
}

void
mim_decoder_skip(struct mim_decoder *decoder)
{
    mim_decoder_halt(decoder);
    mim_cursor_advance(&decoder->cursor, decoder->selection);
    mim_decoder_resume(decoder);
}

const struct mim_sequence *
mim_decoder_sequence(const struct mim_decoder *decoder)
{
    return &decoder->plugin.sequence;
}

void
mim_decoder_limit_result(struct mim_decoder *decoder, uint64_t bytes)
{
    decoder->result = (struct mim_result_budget){ .limit = bytes };
    decoder->route.result = &decoder->result;
    mim_frame_store_keep(decoder->route.store); /* who counts them together has them all at once */
}

/* --- opening and closing ------------------------------------------------------------------------------------------ */

static enum mim_status
make_frames(struct mim_decoder *decoder, struct mim_error *err)
{
    unsigned threads = mim_pool_threads(decoder->pool);
    decoder->frame_count = threads > 1 ? threads * FRAMES_PER_THREAD + 1 : 2;
    decoder->capacity = decoder->is_composed ? 2 : 1;
    decoder->frames = calloc(decoder->frame_count, sizeof *decoder->frames);
    if (!decoder->frames)
        return mim_fail_nomem(err, "frames in flight");
    uint32_t size = decoder->plugin.ops->packet_size;
    for (unsigned i = 0; i < decoder->frame_count; i++)
        if (!(decoder->frames[i].packet = calloc(1, size ? size : 1)))
            return mim_fail_nomem(err, "frames in flight");
    return MIM_OK;
}

static enum mim_status
open_decoder(struct mim_decoder *decoder, const struct mim_decoder_setup *setup, struct mim_error *err)
{
    decoder->options = mim_options_copy(setup->options);
    decoder->route.store = mim_frame_store_create();
    if (!decoder->options || !decoder->route.store)
        return mim_fail_nomem(err, "a reader");
    decoder->plugin.options = decoder->options;
    enum mim_status status = mim_plugin_reader_open(&decoder->plugin, mim_pool_threads(decoder->pool), err);
    if (status != MIM_OK)
        return status;

    struct mim_sequence *sequence = &decoder->plugin.sequence;
    decoder->is_composed = sequence->canvas_width != 0;
    if (decoder->is_composed) {
        unsigned threads = mim_pool_threads(decoder->pool);
        status = mim_plugin_reader_settle_opacity(&decoder->plugin, err);
        if (status == MIM_OK)
            status = mim_canvas_init(&decoder->canvas, sequence, threads > 1 ? threads * 4 : 1, err);
        if (status != MIM_OK)
            return status;
        decoder->route.canvas = &decoder->canvas;
    }
    return make_frames(decoder, err);
}

enum mim_status
mim_decoder_open(struct mim_decoder **out, const struct mim_decoder_setup *setup, struct mim_error *err)
{
    struct mim_decoder *decoder = calloc(1, sizeof *decoder);
    if (!decoder)
        return mim_fail_nomem(err, "a reader");
    decoder->client = mim_decoder_client();
    decoder->pool = setup->pool;
    decoder->target = setup->target;
    decoder->source_of = setup->source_of;
    decoder->wants_metadata = setup->wants_metadata && setup->ops->metadata;
    decoder->canvas_next = MIM_UNKNOWN;
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
    if (decoder->is_attached)
        mim_pool_detach(decoder->pool, &decoder->client); /* first: helpers would go on with what is dropped */
    if (decoder->frames)
        mim_decoder_halt(decoder);
    mim_plugin_reader_close(&decoder->plugin);
    for (unsigned i = 0; decoder->frames && i < decoder->frame_count; i++)
        free(decoder->frames[i].packet);
    free(decoder->frames);
    mim_canvas_clear(&decoder->canvas);
    mim_keyframes_clear(&decoder->keyframes);
    mim_frame_store_close(decoder->route.store);
    mim_options_destroy(decoder->options);
    free(decoder);
}
