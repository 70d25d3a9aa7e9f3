/* SPDX-License-Identifier: MIT */
/* What of a frame is drawn, on what, and with which palette. */
#ifndef MIM_GIF_PLAN_H
#define MIM_GIF_PLAN_H

#include "write/encoder.h"
#include "write/view.h"

/** Ways to leave out unchanged pixels: all that lie in long runs, or that lie in long runs of several colours, ... */
enum gif_plan_strategy {
    GIF_PLAN_LONG,
    GIF_PLAN_LONG_MIXED,
    GIF_PLAN_ANY,
    GIF_PLAN_ANY_MIXED,
    GIF_PLAN_NONE,
    GIF_PLAN_STRATEGIES
};

struct gif_plan {
    struct gif_view view;
    int disposal;
    bool has_transparent; /**< some pixels are not drawn: an entry of the table, the last, stands for them */
    bool is_dithered;
    bool is_exact; /**< the palette is that of the encoder's set of colours */
    uint32_t
        strategies; /**< a set of bits: these have the colours that they need and are worth a trial; 0: the view is settled */
    uint32_t colour_count;
    uint32_t entries; /**< of the colour table: one more if it has one for pixels that are not drawn */
    uint32_t palette[GIF_COLOURS_MAX];
};

/** Entries that a colour table of so many has room for, as an exponent of two. */
static inline uint32_t
gif_table_bits(uint32_t entries)
{
    return entries <= 2 ? 1 : 32 - __builtin_clz(entries - 1);
}

void gif_plan_set_strategy(struct gif_plan *plan, enum gif_plan_strategy strategy);

/** All but the palette, which an exact plan has in the encoder's set of colours. Status of poll. */
int32_t gif_plan_frame(struct mim_job *job, struct gif_encoder *encoder, const struct gif_encoding *encoding,
                       const struct mim_raster *frame, const struct mim_neighbours *neighbours, struct gif_plan *plan);

#endif
