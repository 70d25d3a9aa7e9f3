/* SPDX-License-Identifier: MIT */
/* Plans a frame from itself and its neighbours. */
#ifndef MIM_GIF_PLANNER_H
#define MIM_GIF_PLANNER_H

#include "write/plan.h"

/* Plan everything but the palette; that of an exact plan is the encoder's colour set. Status of poll. */
int32_t gif_plan_frame(struct mim_job *job, struct gif_encoder *encoder, const struct gif_encoding *encoding,
                       const struct mim_raster *frame, const struct mim_neighbours *neighbours, struct gif_plan *plan);

/* Plan the same frame for a canvas that keeps the rest of the previous frame: all that does not change. `*found` false:
 * this does not make it smaller. */
int32_t gif_plan_update(struct mim_job *job, struct gif_encoder *encoder, const struct gif_encoding *encoding,
                        const struct mim_raster *frame, const struct mim_neighbours *neighbours, struct gif_plan *plan,
                        bool *found);

#endif
