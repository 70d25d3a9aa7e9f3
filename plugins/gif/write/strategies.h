/* SPDX-License-Identifier: MIT */
/* Which unchanged pixels a frame skips: finds the strategies to try and the colours of each. */
#ifndef MIM_GIF_STRATEGIES_H
#define MIM_GIF_STRATEGIES_H

#include "write/plan.h"

/* Set the view and the palette of a strategy. */
void gif_plan_set_strategy(struct gif_plan *plan, enum gif_plan_strategy strategy);

/* Add the colours of a view to the encoder's. `fits`: they need at most `size` entries, including one for skipped
 * pixels. Status of poll, as for the next three. */
int32_t gif_plan_collect_colours(struct mim_job *job, struct gif_encoder *encoder, const struct gif_view *view,
                                 uint32_t size, bool *has_transparent, bool *fits);

/* Does the view skip any pixel? */
int32_t gif_plan_find_transparent(struct mim_job *job, struct gif_encoder *encoder, const struct gif_view *view,
                                  bool *found);

/* Approximated frames try strategies only where plain areas are large, since each trial maps all colours again. They
 * have a transparent entry if any pixel is unchanged, as all of these are skipped when the frame is dithered. */
int32_t gif_plan_mixed(struct mim_job *job, struct gif_encoder *encoder, struct gif_plan *plan);

/* Collect the colours of changed pixels, then those of short unchanged runs, then all others, so that every strategy
 * uses the first colours of one palette. */
int32_t gif_plan_nested(struct mim_job *job, struct gif_encoder *encoder, const struct gif_encoding *encoding,
                        struct gif_plan *plan);

#endif
