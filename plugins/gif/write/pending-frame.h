/* SPDX-License-Identifier: MIT */
/* A coded frame that waits for those that look the same. */
#ifndef MIM_GIF_PENDING_FRAME_H
#define MIM_GIF_PENDING_FRAME_H

#include <stdbool.h>

#include <mim/plugin.h>

/** The host's memory. Zeroed = nothing held. */
struct gif_pending {
    uint8_t *frame;
    uint64_t size, capacity;
    uint32_t delay; /**< of it and those that were merged into it */
};

/**
 * Merge a frame that looks like the one held: its time is added, and of the two the one that clears the canvas stays, since
 * what follows counts on that. `*merged` false: nothing is held, or the sum is longer than GIF can say. NOMEM.
 */
int32_t gif_pending_merge(struct mim_job *job, struct gif_pending *pending, const struct mim_coded_part *frame,
                          uint32_t delay, bool *merged);

/** Hold a frame in place of what was held. NOMEM. */
int32_t gif_pending_replace(struct mim_job *job, struct gif_pending *pending, const struct mim_coded_part *frame,
                            uint32_t delay);

void gif_pending_close(struct mim_job *job, struct gif_pending *pending);

#endif
