/* SPDX-License-Identifier: MIT */
/* One palette for all frames, chosen in a pass over them. */
#ifndef MIM_GIF_GLOBAL_PALETTE_H
#define MIM_GIF_GLOBAL_PALETTE_H

#include <stdbool.h>

#include "palette/chooser.h"
#include "palette/colour-set.h"

/** What the frames share. */
struct gif_global_palette {
    uint32_t count;
    bool has_transparent; /**< behind the colours is an entry for pixels not drawn */
    bool is_exact;        /**< every colour of every frame is in it */
    uint32_t palette[GIF_COLOURS_MAX];
};

/** The pass. Zeroed = no frame yet; the memory is the host's. */
struct gif_survey {
    uint64_t frames;
    bool has_too_many; /**< colours */
    bool has_clear;    /**< some pixel is transparent */
    struct gif_colour_set colours;
    struct gif_chooser chooser;
    uint32_t *keys;
    uint32_t row_capacity;
};

/** What of the options it depends on. */
struct gif_survey_options {
    const struct gif_quantizer *quantizer;
    uint32_t palette_size, threshold;
    bool wants_transparent; /**< an entry for pixels that stay is worth a colour */
};

/** NOMEM, or the status of poll. */
int32_t gif_survey_add(struct mim_job *job, struct gif_survey *survey, const struct gif_survey_options *options,
                       const struct mim_raster *frame);

/** Settle the palette after the last frame. The status of notice. */
int32_t gif_survey_end(struct mim_job *job, struct gif_survey *survey, const struct gif_survey_options *options,
                       struct gif_global_palette *common);

void gif_survey_close(struct mim_job *job, struct gif_survey *survey);

#endif
