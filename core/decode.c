/* SPDX-License-Identifier: MIT */
/* The reading pipeline: which step is next, for one thread and for many. */
#include "decode.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "context.h"
#include "error.h"
#include "keys.h"
#include "loss.h"
#include "meta.h"
#include "plugin-reader.h"
#include "pool.h"
#include "slot.h"

#define TINY_NS 40000u         /* below this mean of a frame, waking a worker costs more than it saves */
#define LARGE_FRAME (4u << 20) /* bytes: worth several threads even when it is alone */
#define SLOTS_PER_THREAD 2

enum step_kind { STEP_PREPARE, STEP_PIXELS, STEP_METADATA, STEP_BAND, STEP_RELEASE };

struct step {
    enum step_kind kind;
    uint32_t which; /* part or band */
    struct mim_slot *slot;
    enum mim_status status;
    bool starved;
    struct mim_raster_loss loss;
    uint64_t started_ns;
};
_Static_assert(sizeof(struct step) <= MIM_POOL_STEP_SIZE, "a step fits");

struct mim_decoder {
    struct mim_pool_client client; /* first: the pool hands it back */
    struct mim_pool *pool;
    struct mim_plugin_reader plugin;
    struct mim_options *options;
    struct mim_option_table other;
    struct mim_raster_target target;
    struct mim_canvas canvas;
    struct mim_slot_route route;
    bool wants_metadata, composed, attached;

    const struct mim_selection *selection;
    struct mim_cursor cursor;        /* of the next slot to prepare */
    struct mim_keys keys;
    uint64_t canvas_next;            /* the frame that the canvas is ready for; MIM_UNKNOWN: none, start anew */
    struct mim_placement last;       /* where the frame before was */
    enum mim_status canvas_status;   /* of the frame before: what is drawn over a damaged one is damaged */
    struct mim_error canvas_error;

    struct mim_slot *slots;          /* a ring */
    unsigned slot_count, first, used, room;
    bool serial_busy, paused, ahead;

    bool ended;                      /* from end_index on there is only this status */
    uint64_t end_index;
    enum mim_status end_status;
    struct mim_error end_error;

    uint64_t mean_ns, frames_done;
    struct mim_result_budget result;
};

static struct mim_decoder *
decoder_of(struct mim_pool_client *client)
{
    return (struct mim_decoder *)client;
}

static struct mim_slot *
slot_at(struct mim_decoder *decoder, unsigned i)
{
    return &decoder->slots[(decoder->first + i) % decoder->slot_count];
}

static bool
any_order(const struct mim_decoder *decoder)
{
    return decoder->plugin.ops->flags & MIM_READER_ANY_ORDER;
}

/* --- what the slots hold ------------------------------------------------------------------------------------------ */

/* The frame that is delivered next is the caller's, all else is working memory. */
static uint64_t
held_bytes(struct mim_decoder *decoder)
{
    uint64_t sum = decoder->composed ? mim_canvas_held(&decoder->canvas) : 0;
    for (unsigned i = 0; i < decoder->used; i++) {
        const struct mim_slot *slot = slot_at(decoder, i);
        sum += slot->own_bytes + (i ? slot->out_bytes : 0);
    }
    return sum;
}

static void
account_frames(struct mim_decoder *decoder)
{
    mim_account_set_frames(&decoder->plugin.work->account, held_bytes(decoder));
}

static void
drop_first(struct mim_decoder *decoder)
{
    struct mim_slot *slot = slot_at(decoder, 0);
    decoder->canvas_status = slot->status;
    decoder->canvas_error = slot->error;
    mim_slot_clear(slot);
    decoder->first = (decoder->first + 1) % decoder->slot_count;
    decoder->used--;
    account_frames(decoder);
}

/* Frames that were only composed on the way make room. */
static void
drop_passed(struct mim_decoder *decoder)
{
    while (decoder->used && !slot_at(decoder, 0)->wanted && mim_slot_done(slot_at(decoder, 0)))
        drop_first(decoder);
}

static bool
has_wanted(struct mim_decoder *decoder)
{
    for (unsigned i = 0; i < decoder->used; i++)
        if (slot_at(decoder, i)->wanted)
            return true;
    return false;
}

/* --- choosing what to prepare --------------------------------------------------------------------------------------- */

/* Facts of the slot that the next serial step fills. false: nothing to prepare now. */
static bool
plan_slot(struct mim_decoder *decoder, struct mim_slot *slot)
{
    uint64_t target;
    if (!mim_cursor_index(&decoder->cursor, decoder->selection, &target))
        return false;
    if (decoder->ended && target >= decoder->end_index)
        return false;

    *slot = (struct mim_slot){ .packet = slot->packet, .index = target, .wanted = true, .cursor = decoder->cursor };
    if (!decoder->composed)
        return true;

    bool reachable = decoder->canvas_next != MIM_UNKNOWN && decoder->canvas_next <= target;
    uint64_t key = mim_keys_before(&decoder->keys, target);
    slot->index = reachable ? decoder->canvas_next : key;
    slot->start = reachable ? MIM_CANVAS_AFTER : MIM_CANVAS_BARE;
    if (any_order(decoder) && reachable && key > slot->index) {
        slot->index = key;
        slot->start = MIM_CANVAS_BARE;
    }
    slot->wanted = slot->index == target;
    slot->before = decoder->last;
    return true;
}

static bool
claim_prepare(struct mim_decoder *decoder, struct step *step)
{
    unsigned most = decoder->room;
    if (decoder->serial_busy || decoder->used >= most || (has_wanted(decoder) && !(decoder->ahead && decoder->attached)))
        return false;
    struct mim_slot *slot = slot_at(decoder, decoder->used);
    if (!plan_slot(decoder, slot))
        return false;
    if (decoder->used && mim_plugin_reader_reopens_for(&decoder->plugin, slot->index))
        return false;

    slot->stage = MIM_SLOT_PREPARING;
    decoder->used++;
    decoder->serial_busy = true;
    if (slot->wanted)
        mim_cursor_advance(&decoder->cursor, decoder->selection);
    decoder->canvas_next = slot->index + 1;
    *step = (struct step){ .kind = STEP_PREPARE, .slot = slot };
    return true;
}

static void
fail_slot(struct mim_slot *slot, enum mim_status status, const struct mim_error *error)
{
    if (slot->status != MIM_OK)
        return;
    slot->status = status;
    slot->error = *error;
}

/* The frame does not exist, or the sequence breaks off here: from now on that is the answer. */
static void
settle_end(struct mim_decoder *decoder, struct mim_slot *slot, enum mim_status status, bool starved)
{
    if (starved || status == MIM_CANCELLED || status == MIM_TIMEOUT) {
        /* not the file's fault, so not the end: it may do another time */
        slot->stage = MIM_SLOT_ACTIVE;
        slot->wanted = true;
        slot->starved = starved;
        slot->status = status;
        decoder->canvas_next = MIM_UNKNOWN;
        return;
    }
    decoder->ended = true;
    decoder->end_index = slot->index;
    decoder->end_status = status;
    decoder->end_error = slot->error;
    decoder->canvas_next = MIM_UNKNOWN;
    if (slot->wanted)
        decoder->cursor = slot->cursor;
    decoder->used--; /* it was the last in line: preparing is serial */
}

/* And what was there is not wanted back afterwards. */
static bool
covers_canvas(const struct mim_decoder *decoder, const struct mim_frame_info *info)
{
    const struct mim_raster *canvas = &decoder->canvas.raster;
    return info->blend == MIM_BLEND_REPLACE && info->dispose != MIM_DISPOSE_PREVIOUS && info->x <= 0 && info->y <= 0 &&
           info->x + (int64_t)info->width >= canvas->width && info->y + (int64_t)info->height >= canvas->height;
}

static void
settle_prepare(struct mim_decoder *decoder, struct mim_slot *slot, enum mim_status status)
{
    decoder->serial_busy = false;
    if (status != MIM_OK) {
        bool starved = status == MIM_LIMIT && decoder->plugin.serial.refused && decoder->used > 1;
        settle_end(decoder, slot, status, starved);
        return;
    }

    slot->stage = MIM_SLOT_PREPARED;
    slot->has_packet = true;
    if (!decoder->composed)
        return;
    if (slot->info.flags & MIM_FRAME_KEY) {
        mim_keys_add(&decoder->keys, slot->index);
        slot->start = MIM_CANVAS_BARE;
    }
    if (covers_canvas(decoder, &slot->info))
        slot->start = MIM_CANVAS_COVERED;
    decoder->last = (struct mim_placement){ slot->info.x,     slot->info.y,     slot->info.dispose,
                                            slot->info.blend, slot->info.width, slot->info.height };
}

/* --- choosing what to decode and compose ------------------------------------------------------------------------------ */

/* What is drawn over a frame that failed has failed with it. */
static bool
inherits_failure(struct mim_decoder *decoder, unsigned i)
{
    struct mim_slot *slot = slot_at(decoder, i);
    if (!decoder->composed || slot->start != MIM_CANVAS_AFTER)
        return false;
    const struct mim_slot *before = i ? slot_at(decoder, i - 1) : NULL;
    enum mim_status status = before ? before->status : decoder->canvas_status;
    if (status != MIM_OK)
        fail_slot(slot, status, before ? &before->error : &decoder->canvas_error);
    return status != MIM_OK;
}

static bool
band_may_start(struct mim_decoder *decoder, unsigned i, uint32_t band)
{
    if (!decoder->composed || !i)
        return true;
    const struct mim_slot *before = slot_at(decoder, i - 1);
    return before->status != MIM_OK ? mim_slot_done(before) : before->stage == MIM_SLOT_ACTIVE && before->band_done[band];
}

static bool
claim_in_slot(struct mim_decoder *decoder, unsigned i, struct step *step)
{
    struct mim_slot *slot = slot_at(decoder, i);
    if (slot->status == MIM_OK && !inherits_failure(decoder, i)) {
        if (slot->parts_claimed < slot->info.parts) {
            *step = (struct step){ .kind = STEP_PIXELS, .slot = slot, .which = slot->parts_claimed++ };
            return true;
        }
        if (mim_slot_pixels_done(slot) && slot->bands_claimed < slot->bands &&
            band_may_start(decoder, i, slot->bands_claimed)) {
            *step = (struct step){ .kind = STEP_BAND, .slot = slot, .which = slot->bands_claimed++ };
            return true;
        }
        if (mim_slot_pixels_done(slot) && slot->wanted && decoder->wants_metadata && !slot->metadata_claimed) {
            slot->metadata_claimed = true;
            *step = (struct step){ .kind = STEP_METADATA, .slot = slot };
            return true;
        }
    }
    bool needs_metadata = slot->status == MIM_OK && slot->wanted && decoder->wants_metadata;
    bool quiet = slot->parts_done == slot->parts_claimed && (slot->status != MIM_OK || mim_slot_pixels_done(slot)) &&
                 (slot->metadata_claimed ? slot->metadata_done : !needs_metadata);
    if (slot->has_packet && quiet && !slot->release_claimed) {
        slot->release_claimed = true;
        *step = (struct step){ .kind = STEP_RELEASE, .slot = slot };
        return true;
    }
    return false;
}

static bool
claim(struct mim_pool_client *client, unsigned worker, void *out)
{
    struct mim_decoder *decoder = decoder_of(client);
    struct step *step = out;
    if (decoder->paused || (worker && !decoder->attached))
        return false;
    if (claim_prepare(decoder, step))
        return true;
    for (unsigned i = 0; i < decoder->used; i++) {
        struct mim_slot *slot = slot_at(decoder, i);
        if (slot->stage == MIM_SLOT_PREPARING)
            return false;
        if (slot->stage == MIM_SLOT_PREPARED) {
            if (!mim_slot_admit(slot, &decoder->route, held_bytes(decoder), !i))
                return false;
            slot->starved = slot->status == MIM_LIMIT && decoder->used > 1;
            account_frames(decoder);
        }
        if (claim_in_slot(decoder, i, step))
            return true;
    }
    return false;
}

/* --- doing it --------------------------------------------------------------------------------------------------------- */

static enum mim_status
collect_metadata(struct mim_decoder *decoder, unsigned worker, struct mim_slot *slot, struct mim_error *err)
{
    slot->meta = mim_meta_create();
    if (!slot->meta)
        return mim_fail_nomem(err, "metadata");
    return mim_plugin_reader_metadata(&decoder->plugin, worker, slot->index, slot->packet, &slot->info, slot->meta, err);
}

static void
run(struct mim_pool_client *client, unsigned worker, void *in)
{
    struct mim_decoder *decoder = decoder_of(client);
    struct step *step = in;
    struct mim_slot *slot = step->slot;
    struct mim_error error = { 0 };

    step->started_ns = mim_clock_ns();
    switch (step->kind) {
    case STEP_PREPARE:
        step->status = mim_plugin_reader_prepare(&decoder->plugin, slot->index, slot->packet, &slot->info, &error);
        break;
    case STEP_PIXELS:
        step->status = mim_slot_is_raw(slot)
                           ? mim_slot_read_raw(slot, decoder->plugin.work, step->which, &error)
                           : mim_plugin_reader_pixels(&decoder->plugin, worker, slot->index, slot->packet, &slot->info,
                                                      step->which, &slot->pixels, &step->starved, &error);
        break;
    case STEP_METADATA:
        step->status = collect_metadata(decoder, worker, slot, &error);
        break;
    case STEP_BAND:
        mim_slot_finish_band(slot, &decoder->route, step->which, &step->loss);
        if (step->loss.unscaled)
            step->status = mim_conversion_fail_unscaled(&slot->conversion, &error);
        break;
    case STEP_RELEASE:
        mim_plugin_reader_release(&decoder->plugin, worker, slot->packet);
        break;
    }
    if (step->status == MIM_OK)
        return;
    mim_pool_lock(decoder->pool); /* several steps of one frame may fail at once */
    if (slot->status == MIM_OK)
        slot->error = error;
    mim_pool_unlock(decoder->pool);
}

static bool
settle(struct mim_pool_client *client, unsigned worker, void *in)
{
    struct mim_decoder *decoder = decoder_of(client);
    struct step *step = in;
    struct mim_slot *slot = step->slot;
    (void)worker;

    slot->cost_ns += step->kind == STEP_PREPARE ? 0 : mim_clock_ns() - step->started_ns;
    if (step->kind != STEP_PREPARE && step->status != MIM_OK && slot->status == MIM_OK) {
        slot->status = step->status;
        slot->starved = step->starved && decoder->used > 1;
    }
    switch (step->kind) {
    case STEP_PREPARE:
        settle_prepare(decoder, slot, step->status);
        break;
    case STEP_PIXELS:
        slot->parts_done++;
        break;
    case STEP_METADATA:
        slot->metadata_done = true;
        break;
    case STEP_BAND:
        slot->bands_done++;
        slot->band_done[step->which] = true;
        mim_raster_loss_add(&slot->loss, &step->loss);
        break;
    case STEP_RELEASE:
        slot->has_packet = false;
        break;
    }
    drop_passed(decoder);
    return decoder->attached;
}

/* --- from the caller's side --------------------------------------------------------------------------------------------- */

static bool
interrupted(struct mim_pool_client *client)
{
    return mim_work_poll(decoder_of(client)->plugin.work, NULL) != MIM_OK;
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

/* Until resume no step starts, and none is running. */
static void
pause_steps(struct mim_decoder *decoder)
{
    mim_pool_lock(decoder->pool);
    decoder->paused = true;
    mim_pool_unlock(decoder->pool);
    mim_pool_work(decoder->pool, &decoder->client, nothing_runs, never_interrupted);
}

static void
resume_steps(struct mim_decoder *decoder)
{
    mim_pool_lock(decoder->pool);
    decoder->paused = false;
    mim_pool_wake(decoder->pool);
    mim_pool_unlock(decoder->pool);
}

/* Forget what is in flight. The canvas holds for the next frame only if all of it was drawn. */
static void
flush(struct mim_decoder *decoder)
{
    pause_steps(decoder);
    if (decoder->used)
        decoder->canvas_next = MIM_UNKNOWN;
    while (decoder->used) {
        struct mim_slot *slot = slot_at(decoder, 0);
        if (slot->has_packet)
            mim_plugin_reader_release(&decoder->plugin, 0, slot->packet);
        drop_first(decoder);
    }
    decoder->result.admitted = decoder->result.delivered;
    resume_steps(decoder);
}

void
mim_decoder_select(struct mim_decoder *decoder, const struct mim_selection *selection)
{
    struct mim_cursor start = { 0 };
    uint64_t wanted, next;
    if (!mim_cursor_index(&start, selection, &wanted))
        wanted = MIM_UNKNOWN;

    bool goes_on = decoder->selection && mim_cursor_index(&decoder->cursor, decoder->selection, &next) && next == wanted &&
                   !has_wanted(decoder);
    if (!goes_on && decoder->used)
        flush(decoder);
    mim_pool_lock(decoder->pool);
    decoder->selection = selection;
    decoder->cursor = start;
    mim_pool_unlock(decoder->pool);
}

static bool
at_the_end(struct mim_decoder *decoder)
{
    uint64_t target;
    if (has_wanted(decoder) || decoder->serial_busy)
        return false;
    return !mim_cursor_index(&decoder->cursor, decoder->selection, &target) ||
           (decoder->ended && target >= decoder->end_index);
}

static bool
next_is_known(struct mim_pool_client *client)
{
    struct mim_decoder *decoder = decoder_of(client);
    return at_the_end(decoder) || (decoder->used && slot_at(decoder, 0)->stage == MIM_SLOT_ACTIVE);
}

static bool
next_is_done(struct mim_pool_client *client)
{
    struct mim_decoder *decoder = decoder_of(client);
    if (decoder->used && slot_at(decoder, 0)->wanted)
        return mim_slot_done(slot_at(decoder, 0));
    return at_the_end(decoder);
}

static bool
worth_threads(struct mim_decoder *decoder)
{
    if (decoder->frames_done)
        return decoder->mean_ns >= TINY_NS;
    if (!decoder->used)
        return false;
    const struct mim_slot *slot = slot_at(decoder, 0);
    return slot->info.parts > 1 && slot->pixels.stride * slot->pixels.height >= LARGE_FRAME;
}

/* Threads join when there is a second frame, or a first one that is large and comes in parts. */
static void
consider_threads(struct mim_decoder *decoder)
{
    if (decoder->attached || mim_pool_threads(decoder->pool) < 2)
        return;
    mim_pool_lock(decoder->pool);
    bool worth = worth_threads(decoder);
    mim_pool_unlock(decoder->pool);
    if (!worth)
        return;

    mim_pool_start(decoder->pool);
    mim_pool_attach(decoder->pool, &decoder->client);
    mim_pool_lock(decoder->pool);
    decoder->attached = true;
    decoder->room = decoder->slot_count;
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
    return mim_fail(err, MIM_RANGE, "there is no frame %" PRIu64 ": the sequence has %" PRIu64, target, decoder->end_index);
}

static void
note_cost(struct mim_decoder *decoder, uint64_t cost_ns)
{
    uint64_t n = decoder->frames_done++;
    decoder->mean_ns = n < 16 ? (decoder->mean_ns * n + cost_ns) / (n + 1) : (decoder->mean_ns * 15 + cost_ns) / 16;
}

static enum mim_status
deliver(struct mim_decoder *decoder, struct mim_frame *frame, struct mim_error *err)
{
    struct mim_slot *slot = slot_at(decoder, 0);
    enum mim_status status = slot->status;
    if (status != MIM_OK && err)
        *err = slot->error;
    if (status == MIM_OK)
        status = mim_conversion_report(&slot->conversion, &slot->loss, decoder->plugin.work, slot->index, err);
    if (status == MIM_OK)
        status = mim_slot_deliver(slot, &decoder->route, frame, err);
    if (status != MIM_OK) {
        if (err && err->frame == MIM_UNKNOWN)
            err->frame = slot->index;
        struct mim_cursor again = slot->cursor;
        flush(decoder);
        mim_pool_lock(decoder->pool);
        decoder->cursor = again;
        mim_pool_unlock(decoder->pool);
        return status;
    }

    note_cost(decoder, slot->cost_ns);
    decoder->result.delivered += mim_slot_packed_bytes(slot);
    mim_pool_lock(decoder->pool);
    drop_first(decoder);
    drop_passed(decoder);
    if (decoder->attached)
        mim_pool_wake(decoder->pool);
    mim_pool_unlock(decoder->pool);
    return MIM_OK;
}

/* A frame that was refused memory while others held some gets all there is. */
static void
make_room_for_one(struct mim_decoder *decoder)
{
    struct mim_cursor again = slot_at(decoder, 0)->cursor;
    flush(decoder);
    mim_plugin_reader_close_workers(&decoder->plugin);
    mim_pool_lock(decoder->pool);
    decoder->cursor = again;
    decoder->ahead = false;
    mim_pool_unlock(decoder->pool);
}

enum outlook { NOT_YET, AT_THE_END, STARVED, READY };

static enum outlook
look(struct mim_decoder *decoder, bool (*goal)(struct mim_pool_client *))
{
    mim_pool_lock(decoder->pool);
    enum outlook outlook = !goal(&decoder->client)              ? NOT_YET
                           : !has_wanted(decoder)               ? AT_THE_END
                           : slot_at(decoder, 0)->starved       ? STARVED
                                                                : READY;
    mim_pool_unlock(decoder->pool);
    return outlook;
}

static enum outlook
work_for_next(struct mim_decoder *decoder)
{
    consider_threads(decoder);
    mim_pool_work(decoder->pool, &decoder->client, next_is_known, interrupted);
    if (look(decoder, next_is_known) == NOT_YET)
        return NOT_YET;
    consider_threads(decoder);
    mim_pool_work(decoder->pool, &decoder->client, next_is_done, interrupted);
    return look(decoder, next_is_done);
}

enum mim_status
mim_decoder_next(struct mim_decoder *decoder, bool ahead, struct mim_frame *frame, struct mim_error *err)
{
    mim_pool_lock(decoder->pool);
    decoder->ahead = ahead;
    mim_pool_unlock(decoder->pool);

    enum mim_status status = MIM_OK;
    while (status == MIM_OK)
        switch (work_for_next(decoder)) {
        case NOT_YET:
            status = mim_work_poll(decoder->plugin.work, err);
            break;
        case AT_THE_END:
            status = end_status(decoder, err);
            break;
        case STARVED:
            make_room_for_one(decoder);
            break;
        case READY:
            return deliver(decoder, frame, err);
        }
    return status;
}

enum mim_status
mim_decoder_info(struct mim_decoder *decoder, uint64_t i, struct mim_frame_info *info, struct mim_error *err)
{
    if (decoder->ended && i >= decoder->end_index) {
        if (err && decoder->end_status != MIM_END)
            *err = decoder->end_error;
        return decoder->end_status;
    }
    if (mim_plugin_reader_reopens_for(&decoder->plugin, i) || !any_order(decoder))
        flush(decoder);
    pause_steps(decoder);
    enum mim_status status = mim_plugin_reader_peek(&decoder->plugin, i, info, err);
    resume_steps(decoder);
    if (status != MIM_OK)
        return status;

    struct mim_conversion conversion;
    struct mim_raster shape;
    status = mim_slot_shape(&decoder->route, info, &conversion, &shape, err);
    info->sample = shape.sample;
    info->width = shape.width;
    info->height = shape.height;
    info->channels = shape.channels;
    return status;
}

enum mim_status
mim_decoder_frame_metadata(struct mim_decoder *decoder, uint64_t i, struct mim_meta *meta, struct mim_error *err)
{
    struct mim_frame_info info;
    enum mim_status status = mim_decoder_info(decoder, i, &info, err);
    if (status != MIM_OK)
        return status;
    pause_steps(decoder);
    status = mim_plugin_reader_metadata(&decoder->plugin, 0, i, decoder->plugin.stash.packet, &decoder->plugin.stash.info,
                                        meta, err);
    resume_steps(decoder);
    return status;
}

/* Without scan() the frames are counted by preparing them. */
static enum mim_status
count_by_walking(struct mim_decoder *decoder, uint64_t *count, struct mim_error *err)
{
    struct mim_frame_info info;
    enum mim_status status = MIM_OK;
    flush(decoder);
    for (*count = 0; status == MIM_OK; *count += status == MIM_OK) {
        status = mim_work_poll(decoder->plugin.work, err);
        if (status == MIM_OK)
            status = mim_plugin_reader_peek(&decoder->plugin, *count, &info, err);
    }
    return status == MIM_END ? MIM_OK : status;
}

enum mim_status
mim_decoder_count(struct mim_decoder *decoder, uint64_t *count, struct mim_error *err)
{
    struct mim_sequence *known = &decoder->plugin.sequence;
    if (known->sure == MIM_SURE_EXACT) {
        *count = known->count;
        return MIM_OK;
    }
    if (!decoder->plugin.ops->scan)
        return count_by_walking(decoder, count, err);

    pause_steps(decoder);
    struct mim_sequence found;
    enum mim_status status = mim_plugin_reader_scan(&decoder->plugin, &found, err);
    resume_steps(decoder);
    if (status == MIM_OK && found.count == MIM_UNKNOWN)
        return count_by_walking(decoder, count, err);
    *count = found.count == MIM_UNKNOWN ? 0 : found.count;
    if (status == MIM_OK) {
        known->count = found.count;
        known->sure = MIM_SURE_EXACT;
    }
    return status;
}

const struct mim_sequence *
mim_decoder_sequence(const struct mim_decoder *decoder)
{
    return &decoder->plugin.sequence;
}

enum mim_status
mim_decoder_metadata(struct mim_decoder *decoder, struct mim_meta *meta, struct mim_error *err)
{
    pause_steps(decoder);
    enum mim_status status = mim_plugin_reader_metadata(&decoder->plugin, 0, MIM_UNKNOWN, NULL, NULL, meta, err);
    resume_steps(decoder);
    return status;
}

void
mim_decoder_limit_result(struct mim_decoder *decoder, uint64_t bytes)
{
    decoder->result = (struct mim_result_budget){ .limit = bytes };
    decoder->route.result = &decoder->result;
}

uint64_t
mim_decoder_peak(const struct mim_decoder *decoder)
{
    return atomic_load(&decoder->plugin.work->account.peak);
}

/* --- opening and closing ------------------------------------------------------------------------------------------------ */

/* Whether composed frames have alpha is not always known before the whole file was looked through. */
static enum mim_status
settle_opacity(struct mim_decoder *decoder, struct mim_error *err)
{
    struct mim_sequence *sequence = &decoder->plugin.sequence;
    if (sequence->opaque != -1)
        return MIM_OK;

    if (!sequence->sequential && decoder->plugin.ops->scan) {
        struct mim_sequence found;
        enum mim_status status = mim_plugin_reader_scan(&decoder->plugin, &found, err);
        /* damage further on is not yet anybody's concern; what comes before it was seen */
        if (status == MIM_CANCELLED || status == MIM_TIMEOUT || status == MIM_NOMEM || status == MIM_LIMIT)
            return status;
        if (status != MIM_OK)
            found.count = sequence->count, found.sure = sequence->sure;
        *sequence = found;
    }
    if (sequence->opaque == -1)
        sequence->opaque = 0;
    return MIM_OK;
}

static enum mim_status
make_slots(struct mim_decoder *decoder, struct mim_error *err)
{
    unsigned threads = mim_pool_threads(decoder->pool);
    decoder->slot_count = threads > 1 ? threads * SLOTS_PER_THREAD + 1 : 2;
    decoder->room = decoder->composed ? 2 : 1;
    decoder->slots = calloc(decoder->slot_count, sizeof *decoder->slots);
    if (!decoder->slots)
        return mim_fail_nomem(err, "frames in flight");
    uint32_t size = decoder->plugin.ops->packet_size;
    for (unsigned i = 0; i < decoder->slot_count; i++)
        if (!(decoder->slots[i].packet = calloc(1, size ? size : 1)))
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
    decoder->composed = sequence->canvas_width != 0;
    if (decoder->composed) {
        unsigned threads = mim_pool_threads(decoder->pool);
        status = settle_opacity(decoder, err);
        if (status == MIM_OK)
            status = mim_canvas_init(&decoder->canvas, sequence, threads > 1 ? threads * 4 : 1, err);
        if (status != MIM_OK)
            return status;
        decoder->route.canvas = &decoder->canvas;
    }
    return make_slots(decoder, err);
}

enum mim_status
mim_decoder_open(struct mim_decoder **out, const struct mim_decoder_setup *setup, struct mim_error *err)
{
    struct mim_decoder *decoder = calloc(1, sizeof *decoder);
    if (!decoder)
        return mim_fail_nomem(err, "a reader");
    decoder->client = (struct mim_pool_client){ .claim = claim, .run = run, .settle = settle };
    decoder->pool = setup->pool;
    decoder->target = setup->target;
    decoder->wants_metadata = setup->wants_metadata && setup->ops->metadata;
    decoder->canvas_next = MIM_UNKNOWN;
    if (setup->other)
        decoder->other = *setup->other;
    decoder->plugin.ops = setup->ops;
    decoder->plugin.work = setup->work;
    decoder->plugin.format = setup->format;
    decoder->plugin.other = setup->other ? &decoder->other : NULL;
    decoder->route.sequence = &decoder->plugin.sequence;
    decoder->route.target = &decoder->target;
    decoder->route.work = setup->work;

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
    if (decoder->slots)
        flush(decoder);
    if (decoder->attached)
        mim_pool_detach(decoder->pool, &decoder->client);
    mim_plugin_reader_close(&decoder->plugin);
    for (unsigned i = 0; decoder->slots && i < decoder->slot_count; i++)
        free(decoder->slots[i].packet);
    free(decoder->slots);
    mim_canvas_clear(&decoder->canvas);
    mim_keys_clear(&decoder->keys);
    mim_frame_store_close(decoder->route.store);
    mim_options_destroy(decoder->options);
    free(decoder);
}
