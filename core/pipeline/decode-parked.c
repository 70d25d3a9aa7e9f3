/* SPDX-License-Identifier: MIT */
/* Frames parked before their turn: prepared, with the decoded picture in the packet, which often is smaller than the frame that is made
 * of it. Their pixels are converted once they are due, several frames at once. */
#include <stdlib.h>

#include "pipeline/decode-priv.h"

bool
mim_decoder_parks_size(const struct mim_decoder *decoder, uint64_t picture_bytes)
{
    return decoder->plugin.ops->flags & MIM_READER_FORWARD && !decoder->plan.is_composed && picture_bytes &&
           picture_bytes < decoder->retained.frame_bytes;
}

bool
mim_decoder_parks(const struct mim_decoder *decoder, const struct mim_decode_frame *frame)
{
    uint64_t due;
    if (frame->stage != MIM_DECODE_PREPARED || !frame->target.is_sorted || !frame->target.is_wanted ||
        !mim_decoder_parks_size(decoder, frame->info.work_size))
        return false;
    const struct mim_visit *visit = mim_decode_window_find(&decoder->plan.window, frame->entry.index);
    return visit && visit->uses == 1 && mim_decode_plan_due(&decoder->plan, &due) && due != frame->entry.index;
}

bool
mim_decoder_is_parked(const struct mim_decode_frame *retained)
{
    return retained->packet_state == MIM_PACKET_FILLED;
}

/* The place in the ring gets new memory for its next packet. */
bool
mim_decoder_park(struct mim_decoder *decoder, struct mim_decode_frame *frame, struct mim_decode_frame *parked)
{
    uint32_t size = decoder->plugin.ops->packet_size;
    void *packet = calloc(1, size ? size : 1);
    if (!packet)
        return false;
    *parked = *frame;
    frame->entry.packet = packet;
    frame->packet_state = MIM_PACKET_EMPTY;
    return true;
}

void
mim_decoder_release_parked(struct mim_decoder *decoder, struct mim_decode_frame *parked)
{
    mim_plugin_reader_release(&decoder->plugin, 0, parked->entry.packet);
    free(parked->entry.packet);
}

/* The visit whose frame follows those in the ring, if all of these are in the order of delivery. */
static struct mim_visit *
next_visit(struct mim_decoder *decoder)
{
    struct mim_decode_plan *plan = &decoder->plan;
    uint64_t index;
    if (!plan->window.count || !decoder->retained.deliveries)
        return NULL;
    if (!decoder->ring.used)
        plan->ahead = plan->due;
    else if (mim_decoder_frame(decoder, decoder->ring.used - 1)->target.is_sorted)
        return NULL;
    return mim_cursor_index(&plan->ahead, plan->selection, &index) ? mim_decode_window_find(&plan->window, index) : NULL;
}

bool
mim_decoder_unpark(struct mim_decoder *decoder)
{
    struct mim_visit *visit = next_visit(decoder);
    if (!visit || !visit->retained || !mim_decoder_is_parked(visit->retained))
        return false;
    struct mim_decode_frame *frame = mim_decoder_frame(decoder, decoder->ring.used++);
    free(frame->entry.packet);
    *frame = *visit->retained;
    frame->target.is_sorted = false;
    free(visit->retained);
    visit->retained = NULL;
    decoder->retained.deliveries--;
    decoder->retained.bytes -= mim_decoder_bytes_retained_by(frame);
    mim_cursor_advance(&decoder->plan.ahead, decoder->plan.selection);
    return true;
}
