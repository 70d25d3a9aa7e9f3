/* SPDX-License-Identifier: MIT */
/* Copies the coded bytes, which the core frees when `put` returns. */
#include "write/pending-frame.h"

#include <string.h>

#include "write/coded-frame.h"

static int32_t
copy_frame(struct mim_job *job, struct gif_pending *pending, const struct mim_coded_part *frame)
{
    if (frame->size > pending->capacity) {
        uint8_t *capacity = job->host->resize(job, pending->frame, pending->capacity, frame->size);
        if (!capacity)
            return MIM_NOMEM;
        pending->frame = capacity;
        pending->capacity = frame->size;
    }
    memcpy(pending->frame, frame->data, frame->size);
    pending->size = frame->size;
    return MIM_OK;
}

static void
set_delay(struct gif_pending *pending, uint32_t delay)
{
    pending->delay = delay;
    pending->frame[GIF_FRAME_DELAY] = delay;
    pending->frame[GIF_FRAME_DELAY + 1] = delay >> 8;
}

int32_t
gif_pending_merge(struct mim_job *job, struct gif_pending *pending, const struct mim_coded_part *frame, uint32_t delay,
                  bool *merged)
{
    uint32_t sum = pending->delay + delay;

    *merged = pending->size && sum <= GIF_DELAY_MAX;
    if (!*merged)
        return MIM_OK;
    int32_t status = gif_frame_clears(frame->data) ? copy_frame(job, pending, frame) : MIM_OK;
    if (status == MIM_OK)
        set_delay(pending, sum);
    return status;
}

int32_t
gif_pending_replace(struct mim_job *job, struct gif_pending *pending, const struct mim_coded_part *frame,
                    uint32_t delay)
{
    int32_t status = copy_frame(job, pending, frame);

    pending->delay = delay;
    return status;
}

void
gif_pending_close(struct mim_job *job, struct gif_pending *pending)
{
    if (pending->frame)
        job->host->resize(job, pending->frame, pending->capacity, 0);
    *pending = (struct gif_pending){ 0 };
}
