/* SPDX-License-Identifier: MIT */
/* From pixels to a palette and the nearest entries in it. */
#ifndef MIM_GIF_CHOOSER_H
#define MIM_GIF_CHOOSER_H

#include <mim/plugin.h>

#include "palette/nearest.h"
#include "palette/points.h"
#include "palette/quantizer.h"

/** The host's memory, reused from palette to palette. Zeroed = none yet. */
struct gif_chooser {
    const struct gif_quantizer *quantizer;
    struct gif_sample *sample;   /**< add pixels between begin and end */
    struct gif_points *points;   /**< of the sample, for refinement */
    struct gif_nearest *nearest; /**< set to the palette by end */
    void *memory;                /**< the quantizer's */
};

/** Start with no pixels. The quantizer is the same every time. NOMEM. */
int32_t gif_chooser_begin(struct mim_job *job, struct gif_chooser *chooser, const struct gif_quantizer *quantizer);

/** Set `nearest` to a palette that is given. NOMEM. */
int32_t gif_chooser_set_palette(struct mim_job *job, struct gif_chooser *chooser, const uint32_t *palette,
                                uint32_t count);

/** At most `limit` colours, 1 to 256, as 0xRRGGBB; returns how many. At least one pixel was added. */
uint32_t gif_chooser_end(struct gif_chooser *chooser, uint32_t limit, uint32_t *palette);

void gif_chooser_close(struct mim_job *job, struct gif_chooser *chooser);

#endif
