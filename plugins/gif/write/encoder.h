/* SPDX-License-Identifier: MIT */
/* Settings shared by all frames, and the memory of one worker. */
#ifndef MIM_GIF_ENCODER_H
#define MIM_GIF_ENCODER_H

#include <stdbool.h>

#include <mim/plugin.h>

#include "lzw/lzw.h"
#include "palette/banding.h"
#include "palette/chooser.h"
#include "palette/colour-set.h"
#include "palette/dither.h"
#include "write/global-palette.h"

enum gif_dithering { GIF_DITHER_NEVER, GIF_DITHER_ALWAYS, GIF_DITHER_UNDECIDED };

struct gif_encoding {
    uint32_t palette_size; /* maximum number of entries, including transparency */
    const struct gif_quantizer *quantizer;
    const struct gif_global_palette *global; /* palette of all frames; NULL: one per frame */
    uint32_t threshold;                      /* lowest alpha of an opaque pixel */
    bool wants_subrectangles;                /* store only the changes */
    _Atomic(enum gif_dithering) *dithering;  /* of all frames */
    bool wants_clear;                        /* store whole frames, each of which clears the canvas */
    bool wants_merge;                        /* a frame may replace an equal one before it */
    bool may_recode;                         /* frames may use a shared table */
};

/* Memory of one worker, reused from frame to frame. */
struct gif_encoder {
    struct gif_lzw lzw;
    struct gif_colour_set colours;
    struct gif_chooser chooser; /* allocated by the first frame that needs it */
    bool has_global;            /* the chooser has the global palette */
    struct gif_dither dither;   /* allocated by the first frame that needs it */
    uint32_t *keys;             /* keys of some rows, followed by the indices of one */
    uint32_t row_capacity;      /* pixels in `keys` */
};

enum { GIF_ENCODER_ROWS = GIF_BANDING_SIDE };

/* Prepare for rows of `width` pixels. */
int32_t gif_encoder_begin(struct mim_job *job, struct gif_encoder *encoder, uint32_t width);

/* Start error diffusion over rows of `width` pixels. */
int32_t gif_encoder_begin_dither(struct mim_job *job, struct gif_encoder *encoder, uint32_t width);

void gif_encoder_close(struct mim_job *job, struct gif_encoder *encoder);

#endif
