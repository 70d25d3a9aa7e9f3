/* SPDX-License-Identifier: MIT */
/* Which part of a frame is drawn, on which canvas, and with which palette. */
#ifndef MIM_GIF_PLAN_H
#define MIM_GIF_PLAN_H

#include "write/encoder.h"
#include "write/view.h"

/* Disposal methods. */
enum { GIF_DISPOSE_KEEP = 1, GIF_DISPOSE_CLEAR = 2 };

/* Which unchanged pixels are skipped. */
enum gif_plan_strategy {
    GIF_PLAN_LONG,       /* skip long runs */
    GIF_PLAN_LONG_MIXED, /* skip long runs of several colours */
    GIF_PLAN_ANY,        /* skip every unchanged pixel */
    GIF_PLAN_ANY_MIXED,  /* skip all runs of several colours */
    GIF_PLAN_NONE,       /* skip nothing */
    GIF_PLAN_STRATEGIES
};

struct gif_plan {
    struct gif_view view;
    int disposal;
    struct mim_rect cleared; /* turns transparent in the next frame; height 0: nothing, or all that is opaque */
    bool keeps_rest;         /* it clears nothing that the next frame leaves unchanged */
    bool may_update;         /* gif_plan_update() may find a smaller rectangle */
    bool has_transparent; /* the last entry of the table is transparent, for skipped pixels */
    bool is_dithered;
    bool is_exact;       /* the palette is the encoder's colour set */
    uint32_t strategies; /* bit set of the strategies to try; 0: the view is final */
    struct gif_plan_need {
        uint32_t colours; /* the first ones of the palette */
        bool has_transparent;
    } needs[GIF_PLAN_STRATEGIES];
    uint32_t colour_count;
    uint32_t entries; /* of the colour table: colours and the transparent entry */
    uint32_t palette[GIF_COLOURS_MAX];
};

/* Log2 of the size of a colour table for so many entries. */
static inline uint32_t
gif_table_bits(uint32_t entries)
{
    return entries <= 2 ? 1 : 32 - __builtin_clz(entries - 1);
}

#endif
