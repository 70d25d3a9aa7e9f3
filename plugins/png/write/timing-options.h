/* SPDX-License-Identifier: MIT */
/* How long the options and the source say that frames are shown. */
#ifndef MIM_PNG_TIMING_OPTIONS_H
#define MIM_PNG_TIMING_OPTIONS_H

#include "write/writer-state.h"

/** Check the options and prepare the delays. */
int32_t pngx_timing_start(struct mim_job *job, struct pngx_writer *self, const struct mim_sequence *sequence);
/** The delay of each frame, in order; `duration` is the source's, in ticks. */
int32_t pngx_timing_delay(struct mim_job *job, struct pngx_writer *self, uint64_t index, int64_t duration,
                          struct pngx_delay *delay);
/** Fails when there were fewer frames than durations. */
int32_t pngx_timing_end(struct mim_job *job, const struct pngx_writer *self);

#endif
