/* SPDX-License-Identifier: MIT */
/* A coded frame that is pending until a different one follows. */
#ifndef MIM_GIF_PENDING_FRAME_H
#define MIM_GIF_PENDING_FRAME_H

#include <stdbool.h>

#include <mim/plugin.h>

/* Zeroed = none pending. */
struct gif_pending {
    uint8_t *frame;
    uint64_t size, capacity;
    uint32_t delay; /* total, including merged frames */
};

/*
 * Merge a frame that looks like the pending one: add its delay, and keep the one that clears the canvas, which the next
 * frame relies on. `*merged` false: nothing is pending, or the sum exceeds GIF_DELAY_MAX.
 */
int32_t gif_pending_merge(struct mim_job *job, struct gif_pending *pending, const struct mim_coded_part *frame,
                          uint32_t delay, bool *merged);

/* Replace the pending frame by a copy of `frame`. */
int32_t gif_pending_replace(struct mim_job *job, struct gif_pending *pending, const struct mim_coded_part *frame,
                            uint32_t delay);

void gif_pending_close(struct mim_job *job, struct gif_pending *pending);

#endif
