/* SPDX-License-Identifier: MIT */
/* The settings that every frame is encoded with, and the memory of a worker. */
#ifndef MIM_GIF_ENCODER_H
#define MIM_GIF_ENCODER_H

#include <stdbool.h>

#include <mim/plugin.h>

#include "lzw/lzw.h"
#include "palette/chooser.h"
#include "palette/colour-set.h"
#include "palette/dither.h"
#include "write/global-palette.h"

struct gif_encoding {
    uint32_t palette_size; /**< entries that may be used, the transparent one included */
    const struct gif_quantizer *quantizer;
    const struct gif_global_palette *global; /**< the palette of all frames; NULL: each has its own */
    uint32_t threshold;                      /**< alpha from which on a pixel is opaque */
    bool subrectangles;                      /**< only what changed */
    bool is_dithered;                        /**< frames that are not exact are dithered */
    bool always_clears;                      /**< every frame is whole and taken away after its time */
};

/** A worker's memory, reused from frame to frame. */
struct gif_encoder {
    struct gif_lzw lzw;
    struct gif_colour_set colours;
    struct gif_chooser chooser; /**< the host's memory, from the first frame on that needs it */
    bool has_global;            /**< the chooser is set to the palette of all frames */
    struct gif_dither dither;   /**< its errors likewise */
    uint32_t *keys;             /**< of one row; behind them its indices */
    uint32_t row_capacity;      /**< pixels that fit */
};

/** Make room for rows of `width` pixels. NOMEM. */
int32_t gif_encoder_begin(struct mim_job *job, struct gif_encoder *encoder, uint32_t width);

/** Start error diffusion over rows of `width` pixels. NOMEM. */
int32_t gif_encoder_begin_dither(struct mim_job *job, struct gif_encoder *encoder, uint32_t width);

void gif_encoder_close(struct mim_job *job, struct gif_encoder *encoder);

#endif
