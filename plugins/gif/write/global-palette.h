/* SPDX-License-Identifier: MIT */
/* One palette for all frames, chosen in a first pass. */
#ifndef MIM_GIF_GLOBAL_PALETTE_H
#define MIM_GIF_GLOBAL_PALETTE_H

#include <stdbool.h>

#include "palette/chooser.h"
#include "palette/colour-set.h"

/* The palette. */
struct gif_global_palette {
    uint32_t count;
    bool has_transparent; /* a transparent entry follows the colours */
    bool is_exact;        /* it has every colour of every frame */
    uint32_t palette[GIF_COLOURS_MAX];
};

/* State of the first pass. Zeroed = no frame yet. */
struct gif_survey {
    uint64_t frames;
    bool has_too_many;     /* more colours than the palette holds */
    bool has_transparency; /* a pixel is transparent */
    struct gif_colour_set colours;
    struct gif_chooser chooser;
    uint32_t *keys;
    uint32_t row_capacity;
};

/* Options that affect the palette. */
struct gif_survey_options {
    const struct gif_quantizer *quantizer;
    uint32_t palette_size, threshold;
    bool wants_transparent; /* reserve an entry for skipped pixels */
};

/* Add a frame. MIM_NOMEM or the status of poll. */
int32_t gif_survey_add(struct mim_job *job, struct gif_survey *survey, const struct gif_survey_options *options,
                       const struct mim_raster *frame);

/* Choose the palette after the last frame. Status of notice. */
int32_t gif_survey_end(struct mim_job *job, struct gif_survey *survey, const struct gif_survey_options *options,
                       struct gif_global_palette *common);

void gif_survey_close(struct mim_job *job, struct gif_survey *survey);

#endif
