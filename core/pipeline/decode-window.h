/* SPDX-License-Identifier: MIT */
/* A part of a selection whose frames are prepared in the cheapest order: ascending, each once. */
#ifndef MIM_CORE_PIPELINE_DECODE_WINDOW_H
#define MIM_CORE_PIPELINE_DECODE_WINDOW_H

#include "pipeline/selection.h"

struct mim_decode_frame;

struct mim_visit {
    uint64_t index;
    uint64_t turn;                     /* of its first delivery, counted within the window */
    uint64_t uses;                     /* deliveries left */
    struct mim_decode_frame *retained; /* decoded before its turn */
};

/* Zeroed: used up. */
struct mim_decode_window {
    uint64_t in_order; /* frames left to prepare in the order of the selection; then there are no visits */
    struct mim_visit *visits;
    size_t count, next, size;
    uint64_t position; /* visits ascend from here on, then from the start of the sequence */
    uint64_t lowest, highest;
    uint64_t after; /* the index selected after the window; MIM_UNKNOWN: none */
};

struct mim_decode_window_bounds {
    uint64_t position; /* of the plugin */
    uint64_t floor;    /* the window ends before an index below, which is in a run of its own */
    uint64_t max;      /* visits */
};

/* Begins at the cursor. Without memory for the visits, the frames are prepared in order. */
void mim_decode_window_open(struct mim_decode_window *window, const struct mim_selection *selection,
                            const struct mim_cursor *cursor, const struct mim_decode_window_bounds *bounds);
/* The visits hold no retained frames. */
void mim_decode_window_clear(struct mim_decode_window *window);

static inline bool
mim_decode_window_is_used_up(const struct mim_decode_window *window)
{
    return !window->in_order && window->next == window->count;
}

/* The visit of a frame; NULL: none. */
struct mim_visit *mim_decode_window_find(const struct mim_decode_window *window, uint64_t index);

#endif
