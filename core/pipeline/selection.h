/* SPDX-License-Identifier: MIT */
/* Selections of frames: slices resolved to runs of indices. */
#ifndef MIM_CORE_PIPELINE_SELECTION_H
#define MIM_CORE_PIPELINE_SELECTION_H

#include <stdbool.h>

#include <mim/sequence.h>

/* `count` indices first, first + step, ... of a slice of `span` frames; MIM_UNKNOWN: to the end of the sequence. */
struct mim_run {
    uint64_t first, count, span;
    int64_t step;
};

static inline uint64_t
mim_run_stride(const struct mim_run *run)
{
    return run->step < 0 ? -(uint64_t)run->step : (uint64_t)run->step;
}

/* Runs one after another. */
struct mim_selection {
    struct mim_run *runs;
    size_t run_count;
};

/* A position in a selection. Zeroed: its beginning. */
struct mim_cursor {
    size_t run;
    uint64_t done; /* frames of that run */
};

/* Whether resolving the ranges takes the number of frames. */
bool mim_ranges_need_count(const struct mim_range *ranges, size_t range_count);
/* `count` may be MIM_UNKNOWN unless the ranges need it. No ranges select all frames. RANGE: a single number of a frame that
 * does not exist. */
enum mim_status mim_selection_resolve(struct mim_selection *selection, const struct mim_range *ranges,
                                      size_t range_count, uint64_t count, struct mim_error *err);
/* Each index by itself, so one of a frame that does not exist is an error. */
enum mim_status mim_selection_of_list(struct mim_selection *selection, const uint64_t *indices, size_t count,
                                      struct mim_error *err);
void mim_selection_clear(struct mim_selection *selection);
/* Whether each frame comes after those before it in the sequence. */
bool mim_selection_is_forward(const struct mim_selection *selection);
/* Number of frames selected from a sequence of `count`; MIM_UNKNOWN when it depends on an unknown count. */
uint64_t mim_selection_size(const struct mim_selection *selection, uint64_t count);

/* The index at the cursor. false: the cursor is past the end. */
bool mim_cursor_index(const struct mim_cursor *cursor, const struct mim_selection *selection, uint64_t *index);
/* How many indices from the cursor on ascend, up to `max`; MIM_UNKNOWN: all that are left. */
uint64_t mim_cursor_ascent(const struct mim_cursor *cursor, const struct mim_selection *selection, uint64_t max);
/* The run at the cursor; NULL past the end. */
const struct mim_run *mim_cursor_run(const struct mim_cursor *cursor, const struct mim_selection *selection);
void mim_cursor_advance(struct mim_cursor *cursor, const struct mim_selection *selection);
/* The sequence has ended: go to the next run. false: there is none. */
bool mim_cursor_end_run(struct mim_cursor *cursor, const struct mim_selection *selection);

#endif
