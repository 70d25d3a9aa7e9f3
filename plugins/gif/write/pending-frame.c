/* SPDX-License-Identifier: MIT */
/* Keeps a copy of the bytes, since the core's go when put returns. */
#include "write/pending-frame.h"

#include <string.h>

#include "write/coded-frame.h"
#include "write/frame-timing.h"

static int32_t
copy(struct mim_job *job, struct gif_held *held, const struct mim_coded_part *frame)
{
    if (frame->size > held->room) {
        uint8_t *room = job->host->resize(job, held->frame, held->room, frame->size);
        if (!room)
            return MIM_NOMEM;
        held->frame = room;
        held->room = frame->size;
    }
    memcpy(held->frame, frame->data, frame->size);
    held->size = frame->size;
    return MIM_OK;
}

static void
set_delay(struct gif_held *held, uint32_t delay)
{
    held->delay = delay;
    held->frame[GIF_FRAME_DELAY] = delay;
    held->frame[GIF_FRAME_DELAY + 1] = delay >> 8;
}

int32_t
gif_held_merge(struct mim_job *job, struct gif_held *held, const struct mim_coded_part *frame, uint32_t delay,
               bool *merged)
{
    uint32_t sum = held->delay + delay;

    *merged = held->size && sum <= GIF_DELAY_MAX;
    if (!*merged)
        return MIM_OK;
    int32_t status = gif_frame_clears(frame->data) ? copy(job, held, frame) : MIM_OK;
    if (status == MIM_OK)
        set_delay(held, sum);
    return status;
}

int32_t
gif_held_keep(struct mim_job *job, struct gif_held *held, const struct mim_coded_part *frame, uint32_t delay)
{
    int32_t status = copy(job, held, frame);

    held->delay = delay;
    return status;
}

void
gif_held_close(struct mim_job *job, struct gif_held *held)
{
    if (held->frame)
        job->host->resize(job, held->frame, held->room, 0);
    *held = (struct gif_held){ 0 };
}
