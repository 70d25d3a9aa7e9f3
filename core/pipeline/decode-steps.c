/* SPDX-License-Identifier: MIT */
/* The reading pipeline: which step is next, for one thread and for many. */
#include "pipeline/decode-steps.h"

#include "base/error.h"
#include "frame/meta.h"

enum step_kind { STEP_PREPARE, STEP_PIXELS, STEP_METADATA, STEP_BAND, STEP_RELEASE };

struct step {
    enum step_kind kind;
    uint32_t which; /* part or band */
    struct mim_decode_frame *slot;
    enum mim_status status;
    bool starved;
    struct mim_conversion_loss loss;
    uint64_t started_ns;
};
_Static_assert(sizeof(struct step) <= MIM_POOL_STEP_SIZE, "a step fits");

/* --- what the slots hold ------------------------------------------------------------------------------------------ */

/* The frame that is delivered next is the caller's, all else is working memory. */
static uint64_t
held_bytes(struct mim_decoder *decoder)
{
    uint64_t sum = decoder->composed ? mim_canvas_held(&decoder->canvas) : 0;
    for (unsigned i = 0; i < decoder->used; i++) {
        const struct mim_decode_frame *slot = mim_decoder_slot(decoder, i);
        sum += slot->own_bytes + (i ? slot->out_bytes : 0);
    }
    return sum;
}

static void
account_frames(struct mim_decoder *decoder)
{
    mim_memory_budget_set_frames(&decoder->plugin.operation->budget, held_bytes(decoder));
}

void
mim_decoder_drop_first(struct mim_decoder *decoder)
{
    struct mim_decode_frame *slot = mim_decoder_slot(decoder, 0);
    decoder->canvas_status = slot->status;
    decoder->canvas_starved = slot->starved;
    decoder->canvas_error = slot->error;
    if (!slot->wanted)
        mim_operation_forget(decoder->plugin.operation, slot->index);
    mim_decode_frame_clear(slot);
    decoder->first = (decoder->first + 1) % decoder->slot_count;
    decoder->used--;
    account_frames(decoder);
}

void
mim_decoder_drop_passed(struct mim_decoder *decoder)
{
    while (decoder->used && !mim_decoder_slot(decoder, 0)->wanted &&
           mim_decode_frame_done(mim_decoder_slot(decoder, 0)))
        mim_decoder_drop_first(decoder);
}

bool
mim_decoder_has_wanted(struct mim_decoder *decoder)
{
    for (unsigned i = 0; i < decoder->used; i++)
        if (mim_decoder_slot(decoder, i)->wanted)
            return true;
    return false;
}

/* --- choosing what to prepare ------------------------------------------------------------------------------------- */

/* Facts of the slot that the next serial step fills. false: nothing to prepare now. */
static bool
plan_slot(struct mim_decoder *decoder, struct mim_decode_frame *slot)
{
    uint64_t target;
    if (!mim_cursor_index(&decoder->cursor, decoder->selection, &target))
        return false;
    if (decoder->ended && target >= decoder->end_index)
        return false;

    *slot =
        (struct mim_decode_frame){ .packet = slot->packet, .index = target, .wanted = true, .cursor = decoder->cursor };
    if (!decoder->composed)
        return true;

    bool reachable = decoder->canvas_next != MIM_UNKNOWN && decoder->canvas_next <= target;
    uint64_t key = mim_keyframes_before(&decoder->keys, target);
    slot->index = reachable ? decoder->canvas_next : key;
    slot->start = reachable ? MIM_CANVAS_AFTER : MIM_CANVAS_BARE;
    if (mim_decoder_any_order(decoder) && reachable && key > slot->index) {
        slot->index = key;
        slot->start = MIM_CANVAS_BARE;
    }
    slot->wanted = slot->index == target;
    slot->before = decoder->last;
    return true;
}

static bool
may_prepare(struct mim_decoder *decoder)
{
    unsigned room = decoder->solo ? 1 : decoder->room;
    if (decoder->serial_busy || decoder->used >= room)
        return false;
    bool ahead = decoder->ahead && decoder->attached && !decoder->solo;
    return ahead || (decoder->demand && !mim_decoder_has_wanted(decoder));
}

static bool
claim_prepare(struct mim_decoder *decoder, struct step *step)
{
    struct mim_decode_frame *slot = mim_decoder_slot(decoder, decoder->used);
    if (!may_prepare(decoder) || !plan_slot(decoder, slot))
        return false;
    if (decoder->used && mim_plugin_reader_reopens_for(&decoder->plugin, slot->index))
        return false;

    slot->stage = MIM_DECODE_PREPARING;
    decoder->used++;
    decoder->serial_busy = true;
    if (slot->wanted)
        mim_cursor_advance(&decoder->cursor, decoder->selection);
    decoder->canvas_next = slot->index + 1;
    *step = (struct step){ .kind = STEP_PREPARE, .slot = slot };
    return true;
}

bool
mim_decoder_may_do_again(enum mim_status status)
{
    return status == MIM_CANCELLED || status == MIM_TIMEOUT || status == MIM_NOMEM;
}

void
mim_decoder_note_end(struct mim_decoder *decoder, uint64_t index, enum mim_status status, const struct mim_error *error)
{
    decoder->ended = true;
    decoder->end_index = index;
    decoder->end_status = status;
    decoder->end_error = *error;
}

static void
settle_end(struct mim_decoder *decoder, struct mim_decode_frame *slot, enum mim_status status)
{
    bool starved = status == MIM_LIMIT && decoder->plugin.serial.refused && !decoder->solo;
    decoder->canvas_next = MIM_UNKNOWN;
    if (starved || mim_decoder_may_do_again(status) || (decoder->source_of && status != MIM_END)) {
        /* not the sequence's fault, so not its end */
        slot->stage = MIM_DECODE_ACTIVE;
        slot->wanted = true;
        slot->starved = starved;
        slot->status = status;
        return;
    }
    mim_decoder_note_end(decoder, slot->index, status, &slot->error);
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
settle_prepare(struct mim_decoder *decoder, struct mim_decode_frame *slot, enum mim_status status)
{
    decoder->serial_busy = false;
    if (status != MIM_OK) {
        settle_end(decoder, slot, status);
        return;
    }

    slot->stage = MIM_DECODE_PREPARED;
    slot->has_packet = true;
    slot->source = decoder->source_of ? decoder->source_of(slot->packet) : decoder->plugin.operation->source;
    if (!decoder->composed)
        return;
    if (slot->info.flags & MIM_FRAME_KEY) {
        mim_keyframes_add(&decoder->keys, slot->index);
        slot->start = MIM_CANVAS_BARE;
    }
    if (covers_canvas(decoder, &slot->info))
        slot->start = MIM_CANVAS_COVERED;
    decoder->last = (struct mim_placement){ slot->info.x,     slot->info.y,     slot->info.dispose,
                                            slot->info.blend, slot->info.width, slot->info.height };
}

/* --- choosing what to decode and compose -------------------------------------------------------------------------- */

/* What is drawn over a frame that failed has failed with it. */
static void
inherit_failure(struct mim_decoder *decoder, unsigned i)
{
    struct mim_decode_frame *slot = mim_decoder_slot(decoder, i);
    if (!decoder->composed || slot->start != MIM_CANVAS_AFTER || slot->status != MIM_OK)
        return;
    const struct mim_decode_frame *before = i ? mim_decoder_slot(decoder, i - 1) : NULL;
    enum mim_status status = before ? before->status : decoder->canvas_status;
    if (status == MIM_OK)
        return;
    slot->status = status;
    slot->starved = before ? before->starved : decoder->canvas_starved;
    slot->error = before ? before->error : decoder->canvas_error;
}

/* Frames are drawn in order. One that failed draws no more, but those before it may not be through yet. */
static bool
band_may_start(struct mim_decoder *decoder, unsigned i, uint32_t band)
{
    while (decoder->composed && i--) {
        const struct mim_decode_frame *before = mim_decoder_slot(decoder, i);
        if (mim_decode_frame_draws_on(before))
            return before->stage == MIM_DECODE_ACTIVE && before->band_done[band];
        if (before->bands_done != before->bands_claimed)
            return false;
    }
    return true;
}

static bool
wants_metadata(const struct mim_decoder *decoder, const struct mim_decode_frame *slot)
{
    return decoder->wants_metadata && slot->wanted && slot->status == MIM_OK;
}

static bool
claim_work(struct mim_decoder *decoder, unsigned i, struct step *step)
{
    struct mim_decode_frame *slot = mim_decoder_slot(decoder, i);
    if (!mim_decode_frame_draws_on(slot))
        return false;
    if (slot->parts_claimed < slot->info.parts) {
        *step = (struct step){ .kind = STEP_PIXELS, .slot = slot, .which = slot->parts_claimed++ };
        return true;
    }
    if (!mim_decode_frame_pixels_done(slot))
        return false;
    if (slot->bands_claimed < slot->bands && band_may_start(decoder, i, slot->bands_claimed)) {
        *step = (struct step){ .kind = STEP_BAND, .slot = slot, .which = slot->bands_claimed++ };
        return true;
    }
    if (wants_metadata(decoder, slot) && !slot->metadata_claimed) {
        slot->metadata_claimed = true;
        *step = (struct step){ .kind = STEP_METADATA, .slot = slot };
        return true;
    }
    return false;
}

static bool
claim_release(struct mim_decoder *decoder, struct mim_decode_frame *slot, struct step *step)
{
    bool quiet = slot->parts_done == slot->parts_claimed &&
                 (slot->status != MIM_OK || mim_decode_frame_pixels_done(slot)) &&
                 (slot->metadata_claimed ? slot->metadata_done : !wants_metadata(decoder, slot));
    if (!slot->has_packet || !quiet || slot->release_claimed)
        return false;
    slot->release_claimed = true;
    *step = (struct step){ .kind = STEP_RELEASE, .slot = slot };
    return true;
}

static void
note_frame(struct mim_decode_frame *slot)
{
    if (slot->error.frame == MIM_UNKNOWN)
        slot->error.frame = slot->index;
}

/* Frames are admitted in order, so that the verdict does not depend on the number of threads. false: it has to wait. */
static bool
admit(struct mim_decoder *decoder, unsigned i)
{
    struct mim_decode_frame *slot = mim_decoder_slot(decoder, i);
    bool admitted = mim_decode_frame_admit(slot, &decoder->route, held_bytes(decoder), !i);
    account_frames(decoder);
    slot->starved = slot->starved && !decoder->solo;
    if (slot->status != MIM_OK)
        note_frame(slot);
    return admitted;
}

static bool
claim(struct mim_pool_client *client, unsigned worker, void *out)
{
    struct mim_decoder *decoder = mim_decoder_of(client);
    struct step *step = out;
    if (decoder->paused || (worker && (!decoder->attached || decoder->solo || mim_pool_pace_is_tiny(&decoder->pace))))
        return false;
    if ((!worker || !decoder->source_of) && claim_prepare(decoder, step))
        return true;
    for (unsigned i = 0; i < decoder->used; i++) {
        struct mim_decode_frame *slot = mim_decoder_slot(decoder, i);
        if (slot->stage == MIM_DECODE_PREPARING)
            return false;
        if (slot->stage == MIM_DECODE_PREPARED && !admit(decoder, i))
            return false;
        inherit_failure(decoder, i);
        if (claim_work(decoder, i, step) || claim_release(decoder, slot, step))
            return true;
    }
    return false;
}

/* --- doing it ----------------------------------------------------------------------------------------------------- */

static enum mim_status
collect_metadata(struct mim_decoder *decoder, unsigned worker, struct step *step, struct mim_error *err)
{
    struct mim_decode_frame *slot = step->slot;
    slot->meta = mim_meta_create();
    if (!slot->meta)
        return mim_fail_nomem(err, "metadata");
    return mim_plugin_reader_metadata(&decoder->plugin, worker, slot->index, slot->packet, &slot->info, slot->meta,
                                      &step->starved, err);
}

/* Where a step stands in its frame when one thread does all. */
static uint64_t
rank_of(const struct step *step)
{
    switch (step->kind) {
    case STEP_BAND:
        return MIM_DECODE_BAND_RANK + step->which;
    case STEP_METADATA:
        return MIM_DECODE_METADATA_RANK;
    default:
        return step->which;
    }
}

/* Several steps of one frame may fail at once: the error is the one that a single thread would have met first. */
static void
note_failure(struct mim_decoder *decoder, const struct step *step, const struct mim_error *error)
{
    struct mim_decode_frame *slot = step->slot;
    mim_pool_lock(decoder->pool);
    if (step->kind == STEP_PREPARE) {
        slot->error = *error; /* settle_prepare() decides what it means */
    } else if (slot->status == MIM_OK || rank_of(step) < slot->failed_rank) {
        slot->status = step->status;
        slot->failed_rank = rank_of(step);
        slot->starved = step->starved && !decoder->solo;
        slot->error = *error;
        note_frame(slot);
    }
    mim_pool_unlock(decoder->pool);
}

static void
run(struct mim_pool_client *client, unsigned worker, void *in)
{
    struct mim_decoder *decoder = mim_decoder_of(client);
    struct step *step = in;
    struct mim_decode_frame *slot = step->slot;
    struct mim_error error = { .frame = MIM_UNKNOWN };

    step->started_ns = mim_clock_ns();
    switch (step->kind) {
    case STEP_PREPARE:
        step->status = mim_plugin_reader_prepare(&decoder->plugin, slot->index, slot->packet, &slot->info, &error);
        break;
    case STEP_PIXELS:
        step->status = mim_decode_frame_is_raw(slot)
                           ? mim_decode_frame_read_raw(slot, decoder->plugin.operation, step->which, &error)
                           : mim_plugin_reader_pixels(&decoder->plugin, worker, slot->index, slot->packet, &slot->info,
                                                      step->which, &slot->pixels, &step->starved, &error);
        break;
    case STEP_METADATA:
        step->status = collect_metadata(decoder, worker, step, &error);
        break;
    case STEP_BAND:
        mim_decode_frame_finish_band(slot, &decoder->route, step->which, &step->loss);
        if (step->loss.unscaled)
            step->status = mim_conversion_fail_unscaled(&slot->conversion, &error);
        break;
    case STEP_RELEASE:
        mim_plugin_reader_release(&decoder->plugin, worker, slot->packet);
        break;
    }
    if (step->status != MIM_OK)
        note_failure(decoder, step, &error);
}

static bool
settle(struct mim_pool_client *client, unsigned worker, void *in)
{
    struct mim_decoder *decoder = mim_decoder_of(client);
    struct step *step = in;
    struct mim_decode_frame *slot = step->slot;
    (void)worker;

    slot->cost_ns += step->kind == STEP_PREPARE ? 0 : mim_clock_ns() - step->started_ns;
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
        mim_conversion_loss_add(&slot->loss, &step->loss);
        break;
    case STEP_RELEASE:
        slot->has_packet = false;
        break;
    }
    /* a frame may fail by inheritance when no step of it is left to notice that */
    for (unsigned i = 0; i < decoder->used && mim_decoder_slot(decoder, i)->stage == MIM_DECODE_ACTIVE; i++)
        inherit_failure(decoder, i);
    mim_decoder_drop_passed(decoder);
    return decoder->attached && !mim_pool_pace_is_tiny(&decoder->pace);
}

struct mim_pool_client
mim_decoder_client(void)
{
    return (struct mim_pool_client){ .claim = claim, .run = run, .settle = settle };
}

void
mim_decoder_pause(struct mim_decoder *decoder)
{
    mim_pool_lock(decoder->pool);
    decoder->paused = true;
    mim_pool_unlock(decoder->pool);
    mim_pool_drain(decoder->pool, &decoder->client);
}

void
mim_decoder_resume(struct mim_decoder *decoder)
{
    mim_pool_lock(decoder->pool);
    decoder->paused = false;
    mim_pool_wake(decoder->pool);
    mim_pool_unlock(decoder->pool);
}

void
mim_decoder_drop_all(struct mim_decoder *decoder)
{
    if (!decoder->used)
        return;
    decoder->cursor = mim_decoder_slot(decoder, 0)->cursor;
    decoder->canvas_next = MIM_UNKNOWN;
    while (decoder->used) {
        struct mim_decode_frame *slot = mim_decoder_slot(decoder, 0);
        if (slot->has_packet)
            mim_plugin_reader_release(&decoder->plugin, 0, slot->packet);
        slot->wanted = false; /* nobody gets it, or its notices */
        mim_decoder_drop_first(decoder);
    }
    decoder->result.admitted = decoder->result.delivered;
}

void
mim_decoder_halt(struct mim_decoder *decoder)
{
    mim_decoder_pause(decoder);
    mim_decoder_drop_all(decoder);
}
