/* SPDX-License-Identifier: MIT */
/* Keeps the speed of stepped ranges: each frame lasts as long as all frames of its step, the last to the end of the range. */
#ifndef MIM_CORE_API_STEP_TIMES_H
#define MIM_CORE_API_STEP_TIMES_H

#include <stdbool.h>

#include <mim/reader.h>

#include "pipeline/selection.h"

/* Zeroed: every frame keeps its duration. */
struct mim_step_times {
    struct mim_reader *reader; /* NULL: no range has steps, or frames have no timing */
    struct mim_cursor cursor;  /* of the frame that comes next */
    struct mim_frame pending;  /* whose duration depends on the next frame */
    const struct mim_run *run; /* of the pending frame; NULL: none is pending */
};

/* The reader has a selection. */
void mim_step_times_start(struct mim_step_times *times, struct mim_reader *reader);
/* Take the next frame of the selection, and return the one before with its duration. false: there is none. */
bool mim_step_times_exchange(struct mim_step_times *times, struct mim_frame *frame);
/* Return the last frame. false: there is none. */
bool mim_step_times_finish(struct mim_step_times *times, struct mim_frame *frame);

/* How long frame `index` of the run lasts, in ticks of the sequence; negative: unknown. Decodes no pixels. */
int64_t mim_step_times_of(struct mim_reader *reader, const struct mim_run *run, uint64_t index);

#endif
