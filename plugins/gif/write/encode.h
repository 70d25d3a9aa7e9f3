/* SPDX-License-Identifier: MIT */
/* One frame to its blocks: what to draw, with which colours, in which order. */
#ifndef MIM_GIF_ENCODE_H
#define MIM_GIF_ENCODE_H

#include <stdbool.h>

#include <mim/plugin.h>

#include "lzw/lzw.h"
#include "palette/chooser.h"
#include "palette/colour-set.h"
#include "palette/dither.h"
#include "write/global-palette.h"

/* Places in what gif_encode_frame() emits: the colour table is the image's own there. */
enum {
    GIF_FRAME_DISPOSAL = 3,
    GIF_FRAME_DELAY = 4,
    GIF_FRAME_FLAGS = 17, /**< of the image descriptor */
    GIF_FRAME_TABLE = 18,
    GIF_TABLE_BITS = 7, /**< of the flags: how many entries, as an exponent less one */
    GIF_TABLE_MAX = 768
};

static inline uint32_t
gif_table_size(const uint8_t *frame)
{
    return 6U << (frame[GIF_FRAME_FLAGS] & GIF_TABLE_BITS);
}

/** Does it take the canvas away after its time? */
static inline bool
gif_frame_clears(const uint8_t *frame)
{
    return frame[GIF_FRAME_DISPOSAL] >> 2 == 2;
}

struct gif_encoding {
    uint32_t palette_size; /**< entries that may be used, the transparent one included */
    const struct gif_quantizer *quantizer;
    const struct gif_common *common; /**< the palette of all frames; NULL: each has its own */
    uint32_t threshold;              /**< alpha from which on a pixel is opaque */
    bool subrectangles;              /**< only what changed */
    bool dithers;                    /**< frames that are not exact are dithered */
    bool always_clears;              /**< every frame is whole and taken away after its time */
};

/** A worker's memory, reused from frame to frame. */
struct gif_encoder {
    struct gif_lzw lzw;
    struct gif_colours colours;
    struct gif_chooser chooser; /**< the host's memory, from the first frame on that needs it */
    bool has_common;            /**< the chooser is set to the palette of all frames */
    struct gif_dither dither;   /**< its errors likewise */
    uint32_t *keys;             /**< of one row; behind them its indices */
    uint32_t row_room;          /**< pixels that fit */
};

/** Emit control block, image descriptor, colour table and codes. Depends on nothing but the arguments. */
int32_t gif_encode_frame(struct mim_job *job, struct gif_encoder *encoder, const struct gif_encoding *encoding,
                         uint32_t delay, const struct mim_raster *frame, const struct mim_neighbours *beside);

void gif_encoder_close(struct mim_job *job, struct gif_encoder *encoder);

#endif
