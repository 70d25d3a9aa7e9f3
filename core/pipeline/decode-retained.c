/* SPDX-License-Identifier: MIT */
/* Frames decoded before their turn, the memory they may have, and the windows that follow from it. */
#include <stdlib.h>

#include "base/size.h"
#include "frame/buffer.h"
#include "pipeline/decode-priv.h"

#define MOST_VISITS 65536u /* bounds the time to look ahead */

/* --- keeping ------------------------------------------------------------------------------------------------------ */

uint64_t
mim_decoder_bytes_retained_by(const struct mim_decode_frame *frame)
{
    return sizeof *frame + (mim_decoder_is_parked(frame) ? frame->info.work_size : frame->out_bytes);
}

uint64_t
mim_decoder_retained_bytes(const struct mim_decoder *decoder)
{
    return decoder->retained.bytes + decoder->plan.checkpoints.count * mim_canvas_bytes(&decoder->canvas.pixels);
}

static void
drop_retained(struct mim_decoder *decoder, struct mim_visit *visit)
{
    if (!visit->retained)
        return;
    decoder->retained.bytes -= mim_decoder_bytes_retained_by(visit->retained);
    decoder->retained.deliveries -= visit->uses;
    if (mim_decoder_is_parked(visit->retained))
        mim_decoder_release_parked(decoder, visit->retained);
    mim_decode_frame_clear(visit->retained);
    free(visit->retained);
    visit->retained = NULL;
}

/* The frame will be decoded again, and its notices come again. */
static void
evict_retained(struct mim_decoder *decoder, struct mim_visit *visit)
{
    if (visit->retained)
        mim_operation_forget(decoder->ring.operation, visit->index);
    drop_retained(decoder, visit);
}

void
mim_decoder_clear_retained(struct mim_decoder *decoder)
{
    struct mim_decode_window *window = &decoder->plan.window;
    for (size_t i = 0; i < window->count && decoder->retained.deliveries; i++)
        evict_retained(decoder, &window->visits[i]);
}

void
mim_decoder_give_up_retained(struct mim_decoder *decoder)
{
    mim_ring_pause(&decoder->ring);
    mim_decode_plan_narrow(&decoder->plan);
    mim_decoder_drop_all(decoder);
    mim_decoder_clear_retained(decoder);
    mim_checkpoints_clear(&decoder->plan.checkpoints);
    mim_decode_plan_restart(&decoder->plan);
    mim_ring_charge(&decoder->ring);
}

/* The visit of the frame that is due, if that is retained with its pixels. */
static struct mim_visit *
find_retained(const struct mim_decoder *decoder)
{
    uint64_t due;
    if (!decoder->retained.deliveries || !mim_decode_plan_due(&decoder->plan, &due))
        return NULL;
    struct mim_visit *visit = mim_decode_window_find(&decoder->plan.window, due);
    return visit && visit->retained && !mim_decoder_is_parked(visit->retained) ? visit : NULL;
}

bool
mim_decoder_make_space(struct mim_decoder *decoder)
{
    struct mim_visit *last = NULL;
    if (find_retained(decoder) || (!decoder->retained.bytes && !decoder->plan.checkpoints.count))
        return false; /* in the first case delivery makes space */
    for (size_t i = 0; i < decoder->plan.window.count; i++) {
        struct mim_visit *visit = &decoder->plan.window.visits[i];
        if (visit->retained && (!last || visit->turn > last->turn))
            last = visit;
    }
    if (last)
        evict_retained(decoder, last);
    else
        mim_checkpoints_clear(&decoder->plan.checkpoints);
    mim_ring_charge(&decoder->ring);
    return true;
}

struct mim_decode_frame *
mim_decoder_retained_frame(const struct mim_decoder *decoder, bool *is_last_use)
{
    const struct mim_visit *visit = find_retained(decoder);
    *is_last_use = visit && visit->uses == 1;
    return visit ? visit->retained : NULL;
}

void
mim_decoder_use_retained(struct mim_decoder *decoder, bool is_gone)
{
    struct mim_visit *visit = find_retained(decoder);
    decoder->retained.deliveries--;
    visit->uses--;
    if (is_gone || !visit->uses)
        drop_retained(decoder, visit);
    mim_decode_plan_deliver(&decoder->plan);
    mim_ring_charge(&decoder->ring);
}

static bool
is_due(const struct mim_decoder *decoder, const struct mim_decode_frame *frame)
{
    uint64_t due;
    return mim_decode_plan_due(&decoder->plan, &due) && due == frame->entry.index;
}

bool
mim_decoder_is_callers(const struct mim_decoder *decoder, const struct mim_decode_frame *frame)
{
    if (!frame->target.is_sorted || !frame->target.is_wanted)
        return true;
    const struct mim_visit *visit = mim_decode_window_find(&decoder->plan.window, frame->entry.index);
    return !visit || (visit->uses == 1 && is_due(decoder, frame));
}

static void
retain_pixels(struct mim_decode_frame *frame, struct mim_decode_frame *retained)
{
    *retained = *frame;
    retained->entry.packet = retained->pixel_buffer = retained->target.canvas = retained->checkpoint = NULL;
    retained->own_bytes = 0;
    frame->out_buffer = NULL;
    frame->metadata.items = NULL;
}

/* Whether the caller gets it now. Otherwise it is retained, or, without memory for that, decoded again. */
bool
mim_decoder_is_direct(struct mim_decoder *decoder)
{
    struct mim_decode_frame *frame = mim_decoder_frame(decoder, 0), *retained;
    struct mim_visit *visit = mim_decode_window_find(&decoder->plan.window, frame->entry.index);
    bool is_parked = frame->stage == MIM_DECODE_PREPARED;
    if (mim_decoder_is_callers(decoder, frame))
        return true;
    retained = malloc(sizeof *retained);
    if (!retained || (is_parked && !mim_decoder_park(decoder, frame, retained))) {
        free(retained);
        return is_due(decoder, frame);
    }
    if (!is_parked)
        retain_pixels(frame, retained);
    visit->retained = retained;
    decoder->retained.bytes += mim_decoder_bytes_retained_by(retained);
    decoder->retained.deliveries += visit->uses;
    return false;
}

void
mim_decoder_pass_first(struct mim_decoder *decoder)
{
    struct mim_ring *ring = &decoder->ring;
    struct mim_decode_frame *frame = mim_decoder_frame(decoder, 0);
    struct mim_memory_budget *budget = &ring->operation->budget;
    if (frame->stage == MIM_DECODE_PREPARED)
        mim_ring_set_exclusive(ring, false); /* what a frame costs is known when its pixels are made */
    else
        mim_ring_complete(ring, &frame->entry);
    if (frame->packet_state == MIM_PACKET_FILLED)
        mim_plugin_reader_release(&decoder->plugin, 0, frame->entry.packet);
    if (frame->out_buffer || frame->packet_state == MIM_PACKET_FILLED)
        frame->target.is_wanted = false; /* it is not retained: forget its notices */
    mim_ring_drop_first(ring);
    mim_decoder_drop_passed(decoder);
    while (mim_memory_budget_used(budget) > mim_memory_budget_ceiling(budget) && mim_decoder_make_space(decoder)) {
    }
    mim_ring_wake(ring);
}

/* --- windows ------------------------------------------------------------------------------------------------------ */

/* Frames that may be retained: in the memory that frames in flight leave free, but at least in half of all. */
static uint64_t
capacity_of(const struct mim_decoder *decoder)
{
    struct mim_memory_budget *budget = &decoder->ring.operation->budget;
    uint64_t canvas = decoder->plan.is_composed ? mim_canvas_bytes(&decoder->canvas.pixels) : 0;
    uint64_t frame = decoder->retained.frame_bytes > canvas ? decoder->retained.frame_bytes : canvas;
    uint64_t each = mim_decoder_parks_size(decoder, decoder->retained.picture_bytes) ? decoder->retained.picture_bytes : frame;
    if (decoder->ring.state == MIM_RING_EXCLUSIVE || !decoder->retained.frame_bytes)
        return 1;

    uint64_t in_flight = 0, half = mim_memory_budget_ceiling(budget) / 2, free = mim_memory_budget_free(budget);
    uint64_t retained = decoder->plan.checkpoints.count * canvas;
    mim_size_mul(frame, 2 * mim_ring_capacity(&decoder->ring), &in_flight);
    in_flight = in_flight < half / 2 ? in_flight : half / 2; /* the rest of them wait for memory */
    free -= in_flight < free ? in_flight : free;
    half -= retained < half ? retained : half;
    uint64_t capacity = (free > half ? free : half) / (each + sizeof(struct mim_decode_frame));
    return capacity < 1 ? 1 : capacity > MOST_VISITS ? MOST_VISITS : capacity;
}

bool
mim_decoder_open_window(struct mim_decoder *decoder)
{
    struct mim_decode_plan *plan = &decoder->plan;
    uint64_t due;
    if (decoder->ring.used)
        return mim_decode_plan_extend(plan, capacity_of(decoder));
    if (find_retained(decoder))
        return false;
    mim_decoder_clear_retained(decoder);
    if (mim_decode_plan_due(plan, &due))
        mim_checkpoints_drop_after(&plan->checkpoints, due);
    mim_ring_charge(&decoder->ring);
    mim_decode_plan_open_window(plan, capacity_of(decoder));
    mim_frame_store_expect(decoder->route.store, plan->window.count);
    return true;
}
