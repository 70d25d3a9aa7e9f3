/* SPDX-License-Identifier: MIT */
/* Which frames, in which order: slices resolved to runs of indices. */
#ifndef MIM_CORE_PIPELINE_SELECTION_H
#define MIM_CORE_PIPELINE_SELECTION_H

#include <stdbool.h>

#include <mim/sequence.h>

/* Indices first, first + step, ...; `count` of them, or MIM_UNKNOWN: until the sequence ends. */
struct mim_run {
    uint64_t first, count;
    int64_t step;
};

/* Runs one after another. */
struct mim_selection {
    struct mim_run *runs;
    size_t run_count;
};

/* Where one is in a selection. Zeroed = at its beginning. */
struct mim_cursor {
    size_t run;
    uint64_t done; /* of that run */
};

/* Can the ranges only be resolved when the number of frames is known? */
bool mim_ranges_need_count(const struct mim_range *ranges, size_t range_count);
/* `count` is MIM_UNKNOWN where that is not needed. Nothing given: all. RANGE: a single number that no frame has. */
enum mim_status mim_selection_resolve(struct mim_selection *selection, const struct mim_range *ranges,
                                      size_t range_count, uint64_t count, struct mim_error *err);
void mim_selection_clear(struct mim_selection *selection);
/* How many frames it selects of a sequence of `count`; MIM_UNKNOWN when that is not known. */
uint64_t mim_selection_size(const struct mim_selection *selection, uint64_t count);

/* The index at the cursor; false: past the end. */
bool mim_cursor_index(const struct mim_cursor *cursor, const struct mim_selection *selection, uint64_t *index);
/* The run that the cursor is in; NULL past the end. */
const struct mim_run *mim_cursor_run(const struct mim_cursor *cursor, const struct mim_selection *selection);
void mim_cursor_advance(struct mim_cursor *cursor, const struct mim_selection *selection);
/* The sequence has ended at `count`: go to the next run, if the current one was open. false: no more. */
bool mim_cursor_end_run(struct mim_cursor *cursor, const struct mim_selection *selection);

#endif
