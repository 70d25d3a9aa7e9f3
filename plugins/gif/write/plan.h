/* SPDX-License-Identifier: MIT */
/* What of a frame is drawn, on what, and with which palette. */
#ifndef MIM_GIF_PLAN_H
#define MIM_GIF_PLAN_H

#include "write/encoder.h"
#include "write/view.h"

/** Ways to leave out unchanged pixels: all that lie in long runs, or that lie in long runs of several colours, ... */
enum gif_plan_way {
    GIF_PLAN_LONG,
    GIF_PLAN_LONG_MIXED,
    GIF_PLAN_ANY,
    GIF_PLAN_ANY_MIXED,
    GIF_PLAN_NONE,
    GIF_PLAN_WAYS
};

struct gif_plan {
    struct gif_view view;
    int disposal;
    bool has_nothing; /**< some pixels are not drawn: an entry of the table, the last, stands for them */
    bool dithers;
    bool is_exact; /**< the palette is that of the encoder's set of colours */
    uint32_t
        ways; /**< a set of bits: these have the colours that they need and are worth a trial; 0: the view is settled */
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

void gif_plan_take_way(struct gif_plan *plan, enum gif_plan_way way);

/** All but the palette, which an exact plan has in the encoder's set of colours. Status of poll. */
int32_t gif_plan_frame(struct mim_job *job, struct gif_encoder *encoder, const struct gif_encoding *encoding,
                       const struct mim_raster *frame, const struct mim_neighbours *beside, struct gif_plan *plan);

#endif
