/* SPDX-License-Identifier: MIT */
/* Chooses a palette for a sample of pixels. */
#ifndef MIM_GIF_CHOOSER_H
#define MIM_GIF_CHOOSER_H

#include <mim/plugin.h>

#include "palette/nearest.h"
#include "palette/points.h"
#include "palette/quantizer.h"

/* Host memory, allocated at first use and reused from palette to palette. Zeroed = none. */
struct gif_chooser {
    const struct gif_quantizer *quantizer;
    struct gif_sample *sample;   /* add pixels between begin and end */
    struct gif_points *points;   /* made from the sample by end */
    struct gif_nearest *nearest; /* searches the palette after end */
    void *memory;                /* scratch of the quantizer */
};

/* Start an empty sample. The quantizer must be the same every time. */
int32_t gif_chooser_begin(struct mim_job *job, struct gif_chooser *chooser, const struct gif_quantizer *quantizer);

/* Make `nearest` search a given palette. */
int32_t gif_chooser_set_palette(struct mim_job *job, struct gif_chooser *chooser, const uint32_t *palette,
                                uint32_t count);

/* Choose up to `limit` colours, 1 to 256, as 0xRRGGBB. Returns their count. The sample must not be empty. */
uint32_t gif_chooser_end(struct gif_chooser *chooser, uint32_t limit, uint32_t *palette);

void gif_chooser_close(struct mim_job *job, struct gif_chooser *chooser);

#endif
