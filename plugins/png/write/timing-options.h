/* SPDX-License-Identifier: MIT */
/* Durations of frames, from the options or the source. */
#ifndef MIM_PNG_TIMING_OPTIONS_H
#define MIM_PNG_TIMING_OPTIONS_H

#include "write/writer-state.h"

/* Check the options and prepare the timing. */
int32_t pngx_timing_start(struct mim_job *job, struct pngx_writer *self, const struct mim_sequence *sequence);
/* Get the delay of each frame in order; `duration` is in ticks of the source. */
int32_t pngx_timing_delay(struct mim_job *job, struct pngx_writer *self, uint64_t index, int64_t duration,
                          struct pngx_delay *delay);
/* Fails if there were fewer frames than durations. */
int32_t pngx_timing_end(struct mim_job *job, const struct pngx_writer *self);

#endif
