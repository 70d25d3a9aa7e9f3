/* SPDX-License-Identifier: MIT */
/* Rounds the times of frames to those that a writer can store, such that errors do not add up. */
#ifndef MIM_CORE_PLUGIN_TIME_GRID_H
#define MIM_CORE_PLUGIN_TIME_GRID_H

#include <stdbool.h>

#include <mim/plugin.h>

/* Durations come from the first that is given of fps, seconds and the source. The caller sets the first group of fields and
 * zeroes the rest. */
struct mim_time_grid {
    const struct mim_writer_timing *stored;
    struct mim_rational fps;     /* den 0: not given */
    struct mim_list seconds;     /* one for all frames, or one per frame; count 0: not given */
    uint32_t time_num, time_den; /* seconds per tick of the source; den 0: it has no timing */

    uint32_t num, den;      /* seconds per tick of the result; 0/0: fractions */
    bool is_even;           /* every frame lasts one tick */
    bool is_moved;          /* the latest frame is not where the source has it */
    bool is_lengthened;     /* the latest frame is longer than in the source, for players */
    int64_t added_ticks;    /* MIM_GRID_FIXED: by which frames are lengthened */
    int64_t source_ticks;   /* end of the latest frame in the source, after first_pts */
    int64_t ticks;          /* MIM_GRID_FIXED: end of the latest frame; MIM_GRID_FREE: its start */
    int64_t first_pts;      /* in the source, or MIM_NO_PTS */
    int64_t first_duration; /* MIM_GRID_RATE: in the source; 0: any */
    int64_t nominal_ticks;  /* MIM_GRID_FREE: of a frame without a duration */
    double listed_seconds;  /* of the frames so far */
    double carried_seconds; /* by which the fractions so far are too short */
};

/* Choose the time base of the result from the first frame of the source. */
void mim_time_grid_start(struct mim_time_grid *grid, const struct mim_frame_info *first);
/* Replace pts and duration of the source. To be called for each frame in order. false: the frame lasts too long. */
bool mim_time_grid_next(struct mim_time_grid *grid, uint64_t index, struct mim_frame_info *info);

#endif
