/* SPDX-License-Identifier: MIT */
/* The reading pipeline: which step is next, for one thread and for many. */
#include "pipeline/decode-steps.h"

#include "base/error.h"
#include "frame/meta.h"
#include "pipeline/raw-samples.h"

enum step_kind { STEP_PREPARE, STEP_PIXELS, STEP_METADATA, STEP_BAND, STEP_RELEASE };

struct step {
    enum step_kind kind;
    uint32_t which; /* part or band */
    struct mim_decode_frame *frame;
    enum mim_status status;
    bool is_refused;
    struct mim_conversion_loss loss;
    uint64_t started_ns;
};
_Static_assert(sizeof(struct step) <= MIM_POOL_STEP_SIZE, "a step fits");

/* --- what the frames hold ------------------------------------------------------------------------------------------- */

/* The frame that is delivered next is the caller's, all else is working memory. */
static uint64_t
held_bytes(struct mim_decoder *decoder)
{
    uint64_t sum = decoder->is_composed ? mim_canvas_held(&decoder->canvas) : 0;
    for (unsigned i = 0; i < decoder->used; i++) {
        const struct mim_decode_frame *frame = mim_decoder_frame(decoder, i);
        sum += frame->own_bytes + (i ? frame->out_bytes : 0);
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
    struct mim_decode_frame *frame = mim_decoder_frame(decoder, 0);
    decoder->canvas_status = frame->status;
    decoder->canvas_is_refused = frame->is_refused;
    decoder->canvas_error = frame->error;
    if (!frame->is_wanted)
        mim_operation_forget(decoder->plugin.operation, frame->index);
    mim_decode_frame_clear(frame);
    decoder->first = (decoder->first + 1) % decoder->frame_count;
    decoder->used--;
    account_frames(decoder);
}

void
mim_decoder_drop_passed(struct mim_decoder *decoder)
{
    while (decoder->used && !mim_decoder_frame(decoder, 0)->is_wanted &&
           mim_decode_frame_done(mim_decoder_frame(decoder, 0)))
        mim_decoder_drop_first(decoder);
}

bool
mim_decoder_has_wanted(struct mim_decoder *decoder)
{
    for (unsigned i = 0; i < decoder->used; i++)
        if (mim_decoder_frame(decoder, i)->is_wanted)
            return true;
    return false;
}

/* --- choosing what to prepare ------------------------------------------------------------------------------------- */

/* Facts of the frame that the next serial step fills. false: nothing to prepare now. */
static bool
plan_frame(struct mim_decoder *decoder, struct mim_decode_frame *frame)
{
    uint64_t target;
    if (!mim_cursor_index(&decoder->cursor, decoder->selection, &target))
        return false;
    if (decoder->has_ended && target >= decoder->end_index)
        return false;

    *frame = (struct mim_decode_frame){
        .packet = frame->packet, .index = target, .is_wanted = true, .cursor = decoder->cursor
    };
    if (!decoder->is_composed)
        return true;

    bool reachable = decoder->canvas_next != MIM_UNKNOWN && decoder->canvas_next <= target;
    uint64_t key = mim_keyframes_before(&decoder->keyframes, target);
    frame->index = reachable ? decoder->canvas_next : key;
    frame->start = reachable ? MIM_CANVAS_AFTER : MIM_CANVAS_BARE;
    if (mim_decoder_any_order(decoder) && reachable && key > frame->index) {
        frame->index = key;
        frame->start = MIM_CANVAS_BARE;
    }
    frame->is_wanted = frame->index == target;
    frame->before = decoder->last;
    return true;
}

static bool
may_prepare(struct mim_decoder *decoder)
{
    unsigned capacity = decoder->is_exclusive ? 1 : decoder->capacity;
    if (decoder->is_serial_busy || decoder->used >= capacity)
        return false;
    bool read_ahead = decoder->read_ahead && decoder->is_attached && !decoder->is_exclusive;
    return read_ahead || (decoder->demand && !mim_decoder_has_wanted(decoder));
}

static bool
claim_prepare(struct mim_decoder *decoder, struct step *step)
{
    struct mim_decode_frame *frame = mim_decoder_frame(decoder, decoder->used);
    if (!may_prepare(decoder) || !plan_frame(decoder, frame))
        return false;
    if (decoder->used && mim_plugin_reader_reopens_for(&decoder->plugin, frame->index))
        return false;

    frame->stage = MIM_DECODE_PREPARING;
    decoder->used++;
    decoder->is_serial_busy = true;
    if (frame->is_wanted)
        mim_cursor_advance(&decoder->cursor, decoder->selection);
    decoder->canvas_next = frame->index + 1;
    *step = (struct step){ .kind = STEP_PREPARE, .frame = frame };
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
    decoder->has_ended = true;
    decoder->end_index = index;
    decoder->end_status = status;
    decoder->end_error = *error;
}

static void
settle_end(struct mim_decoder *decoder, struct mim_decode_frame *frame, enum mim_status status)
{
    bool is_refused = status == MIM_LIMIT && decoder->plugin.serial.refused && !decoder->is_exclusive;
    decoder->canvas_next = MIM_UNKNOWN;
    if (is_refused || mim_decoder_may_do_again(status) || (decoder->source_of && status != MIM_END)) {
        /* not the sequence's fault, so not its end */
        frame->stage = MIM_DECODE_ACTIVE;
        frame->is_wanted = true;
        frame->is_refused = is_refused;
        frame->status = status;
        return;
    }
    mim_decoder_note_end(decoder, frame->index, status, &frame->error);
    if (frame->is_wanted)
        decoder->cursor = frame->cursor;
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
settle_prepare(struct mim_decoder *decoder, struct mim_decode_frame *frame, enum mim_status status)
{
    decoder->is_serial_busy = false;
    if (status != MIM_OK) {
        settle_end(decoder, frame, status);
        return;
    }

    frame->stage = MIM_DECODE_PREPARED;
    frame->has_packet = true;
    frame->source = decoder->source_of ? decoder->source_of(frame->packet) : decoder->plugin.operation->source;
    if (!decoder->is_composed)
        return;
    if (frame->info.flags & MIM_FRAME_KEY) {
        mim_keyframes_add(&decoder->keyframes, frame->index);
        frame->start = MIM_CANVAS_BARE;
    }
    if (covers_canvas(decoder, &frame->info))
        frame->start = MIM_CANVAS_COVERED;
    decoder->last = (struct mim_placement){ frame->info.x,     frame->info.y,     frame->info.dispose,
                                            frame->info.blend, frame->info.width, frame->info.height };
}

/* --- choosing what to decode and compose -------------------------------------------------------------------------- */

/* What is drawn over a frame that failed has failed with it. */
static void
inherit_failure(struct mim_decoder *decoder, unsigned i)
{
    struct mim_decode_frame *frame = mim_decoder_frame(decoder, i);
    if (!decoder->is_composed || frame->start != MIM_CANVAS_AFTER || frame->status != MIM_OK)
        return;
    const struct mim_decode_frame *before = i ? mim_decoder_frame(decoder, i - 1) : NULL;
    enum mim_status status = before ? before->status : decoder->canvas_status;
    if (status == MIM_OK)
        return;
    frame->status = status;
    frame->is_refused = before ? before->is_refused : decoder->canvas_is_refused;
    frame->error = before ? before->error : decoder->canvas_error;
}

/* Frames are drawn in order. One that failed draws no more, but those before it may not be through yet. */
static bool
band_may_start(struct mim_decoder *decoder, unsigned i, uint32_t band)
{
    while (decoder->is_composed && i--) {
        const struct mim_decode_frame *before = mim_decoder_frame(decoder, i);
        if (mim_decode_frame_draws_on(before))
            return before->stage == MIM_DECODE_ACTIVE && before->band_done[band];
        if (before->bands_done != before->bands_claimed)
            return false;
    }
    return true;
}

static bool
wants_metadata(const struct mim_decoder *decoder, const struct mim_decode_frame *frame)
{
    return decoder->wants_metadata && frame->is_wanted && frame->status == MIM_OK;
}

static bool
claim_work(struct mim_decoder *decoder, unsigned i, struct step *step)
{
    struct mim_decode_frame *frame = mim_decoder_frame(decoder, i);
    if (!mim_decode_frame_draws_on(frame))
        return false;
    if (frame->parts_claimed < frame->info.parts) {
        *step = (struct step){ .kind = STEP_PIXELS, .frame = frame, .which = frame->parts_claimed++ };
        return true;
    }
    if (!mim_decode_frame_pixels_done(frame))
        return false;
    if (frame->bands_claimed < frame->bands && band_may_start(decoder, i, frame->bands_claimed)) {
        *step = (struct step){ .kind = STEP_BAND, .frame = frame, .which = frame->bands_claimed++ };
        return true;
    }
    if (wants_metadata(decoder, frame) && !frame->metadata_claimed) {
        frame->metadata_claimed = true;
        *step = (struct step){ .kind = STEP_METADATA, .frame = frame };
        return true;
    }
    return false;
}

static bool
claim_release(struct mim_decoder *decoder, struct mim_decode_frame *frame, struct step *step)
{
    bool quiet = frame->parts_done == frame->parts_claimed &&
                 (frame->status != MIM_OK || mim_decode_frame_pixels_done(frame)) &&
                 (frame->metadata_claimed ? frame->metadata_done : !wants_metadata(decoder, frame));
    if (!frame->has_packet || !quiet || frame->release_claimed)
        return false;
    frame->release_claimed = true;
    *step = (struct step){ .kind = STEP_RELEASE, .frame = frame };
    return true;
}

static void
note_frame(struct mim_decode_frame *frame)
{
    if (frame->error.frame == MIM_UNKNOWN)
        frame->error.frame = frame->index;
}

/* Frames are admitted in order, so that the verdict does not depend on the number of threads. false: it has to wait. */
static bool
admit_frame(struct mim_decoder *decoder, unsigned i)
{
    struct mim_decode_frame *frame = mim_decoder_frame(decoder, i);
    bool admitted = mim_decode_frame_admit(frame, &decoder->route, held_bytes(decoder), !i);
    account_frames(decoder);
    frame->is_refused = frame->is_refused && !decoder->is_exclusive;
    if (frame->status != MIM_OK)
        note_frame(frame);
    return admitted;
}

static bool
claim(struct mim_pool_client *client, unsigned worker, void *out)
{
    struct mim_decoder *decoder = mim_decoder_of(client);
    struct step *step = out;
    if (decoder->is_paused ||
        (worker && (!decoder->is_attached || decoder->is_exclusive || mim_pool_pace_is_tiny(&decoder->pace))))
        return false;
    if ((!worker || !decoder->source_of) && claim_prepare(decoder, step))
        return true;
    for (unsigned i = 0; i < decoder->used; i++) {
        struct mim_decode_frame *frame = mim_decoder_frame(decoder, i);
        if (frame->stage == MIM_DECODE_PREPARING)
            return false;
        if (frame->stage == MIM_DECODE_PREPARED && !admit_frame(decoder, i))
            return false;
        inherit_failure(decoder, i);
        if (claim_work(decoder, i, step) || claim_release(decoder, frame, step))
            return true;
    }
    return false;
}

/* --- doing it ----------------------------------------------------------------------------------------------------- */

static enum mim_status
decode_part(struct mim_decoder *decoder, unsigned worker, struct step *step, struct mim_error *err)
{
    struct mim_decode_frame *frame = step->frame;
    if (!mim_decode_frame_is_raw(frame))
        return mim_plugin_reader_pixels(&decoder->plugin, worker, frame->index, frame->packet, &frame->info,
                                        step->which, &frame->pixels, &step->is_refused, err);
    enum mim_status status = mim_operation_poll(decoder->plugin.operation, err);
    if (status == MIM_OK)
        status = mim_raw_samples_read(frame->source, &frame->info, step->which, &frame->pixels, err);
    return status;
}

static enum mim_status
collect_metadata(struct mim_decoder *decoder, unsigned worker, struct step *step, struct mim_error *err)
{
    struct mim_decode_frame *frame = step->frame;
    frame->meta = mim_meta_create();
    if (!frame->meta)
        return mim_fail_nomem(err, "metadata");
    return mim_plugin_reader_metadata(&decoder->plugin, worker, frame->index, frame->packet, &frame->info, frame->meta,
                                      &step->is_refused, err);
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
    struct mim_decode_frame *frame = step->frame;
    mim_pool_lock(decoder->pool);
    if (step->kind == STEP_PREPARE) {
        frame->error = *error; /* settle_prepare() decides what it means */
    } else if (frame->status == MIM_OK || rank_of(step) < frame->failed_rank) {
        frame->status = step->status;
        frame->failed_rank = rank_of(step);
        frame->is_refused = step->is_refused && !decoder->is_exclusive;
        frame->error = *error;
        note_frame(frame);
    }
    mim_pool_unlock(decoder->pool);
}

static void
run(struct mim_pool_client *client, unsigned worker, void *in)
{
    struct mim_decoder *decoder = mim_decoder_of(client);
    struct step *step = in;
    struct mim_decode_frame *frame = step->frame;
    struct mim_error error = { .frame = MIM_UNKNOWN };

    step->started_ns = mim_clock_ns();
    switch (step->kind) {
    case STEP_PREPARE:
        step->status = mim_plugin_reader_prepare(&decoder->plugin, frame->index, frame->packet, &frame->info, &error);
        break;
    case STEP_PIXELS:
        step->status = decode_part(decoder, worker, step, &error);
        break;
    case STEP_METADATA:
        step->status = collect_metadata(decoder, worker, step, &error);
        break;
    case STEP_BAND:
        mim_decode_frame_finish_band(frame, &decoder->route, step->which, &step->loss);
        if (step->loss.unscaled)
            step->status = mim_conversion_fail_unscaled(&frame->conversion, &error);
        break;
    case STEP_RELEASE:
        mim_plugin_reader_release(&decoder->plugin, worker, frame->packet);
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
    struct mim_decode_frame *frame = step->frame;
    (void)worker;

    frame->cost_ns += step->kind == STEP_PREPARE ? 0 : mim_clock_ns() - step->started_ns;
    switch (step->kind) {
    case STEP_PREPARE:
        settle_prepare(decoder, frame, step->status);
        break;
    case STEP_PIXELS:
        frame->parts_done++;
        break;
    case STEP_METADATA:
        frame->metadata_done = true;
        break;
    case STEP_BAND:
        frame->bands_done++;
        frame->band_done[step->which] = true;
        mim_conversion_loss_add(&frame->loss, &step->loss);
        break;
    case STEP_RELEASE:
        frame->has_packet = false;
        break;
    }
    /* a frame may fail by inheritance when no step of it is left to notice that */
    for (unsigned i = 0; i < decoder->used && mim_decoder_frame(decoder, i)->stage == MIM_DECODE_ACTIVE; i++)
        inherit_failure(decoder, i);
    mim_decoder_drop_passed(decoder);
    return decoder->is_attached && !mim_pool_pace_is_tiny(&decoder->pace);
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
    decoder->is_paused = true;
    mim_pool_unlock(decoder->pool);
    mim_pool_drain(decoder->pool, &decoder->client);
}

void
mim_decoder_resume(struct mim_decoder *decoder)
{
    mim_pool_lock(decoder->pool);
    decoder->is_paused = false;
    mim_pool_wake(decoder->pool);
    mim_pool_unlock(decoder->pool);
}

void
mim_decoder_drop_all(struct mim_decoder *decoder)
{
    if (!decoder->used)
        return;
    decoder->cursor = mim_decoder_frame(decoder, 0)->cursor;
    decoder->canvas_next = MIM_UNKNOWN;
    while (decoder->used) {
        struct mim_decode_frame *frame = mim_decoder_frame(decoder, 0);
        if (frame->has_packet)
            mim_plugin_reader_release(&decoder->plugin, 0, frame->packet);
        frame->is_wanted = false; /* nobody gets it, or its notices */
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
