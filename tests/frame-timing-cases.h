/* SPDX-License-Identifier: MIT */
/* A writer's grid, a source and options for tests of frame timing. */
#ifndef MIM_TESTS_FRAME_TIMING_CASES_H
#define MIM_TESTS_FRAME_TIMING_CASES_H

#include "check.h"
#include "options/options.h"
#include "plugin/frame-timing.h"
#include "plugin/operation.h"

static const struct mim_writer_timing hundredths = {
    .struct_size = sizeof hundredths, .grid = MIM_GRID_FIXED, .den = 100, .max_duration = 65535, .max_loop = 65536
};
static const struct mim_writer_timing slowed = { /* as GIF */
    .struct_size = sizeof slowed, .grid = MIM_GRID_FIXED, .den = 100, .max_duration = 65535, .max_loop = 65536, .min_duration = 2
};
static const struct mim_writer_timing fractions = {
    .struct_size = sizeof fractions, .grid = MIM_GRID_FRACTION, .den = 65535, .max_duration = 65535, .max_loop = 65536
};

static const struct mim_writer_timing free_base = {
    .struct_size = sizeof free_base, .grid = MIM_GRID_FREE, .den = INT32_MAX
};
static const struct mim_writer_timing one_rate = {
    .struct_size = sizeof one_rate, .grid = MIM_GRID_RATE, .den = INT32_MAX
};

static struct mim_operation operation = { .plugin = "test", .lock = PTHREAD_MUTEX_INITIALIZER };
static struct mim_writer_ops ops;
static struct mim_frame_timing timing;
static struct mim_sequence sequence;
static struct mim_error err;

/* A sequence of `count` frames without timing, for a writer of a grid. */
static inline void
prepare(const struct mim_writer_timing *grid, uint64_t count)
{
    ops = (struct mim_writer_ops){
        .struct_size = sizeof ops, .flags = MIM_WRITER_TIMING | MIM_WRITER_LOOP, .timing = grid
    };
    timing = (struct mim_frame_timing){ .options.loop = -1 };
    sequence = (struct mim_sequence){ .struct_size = sizeof sequence,
                                      .count = count,
                                      .loop = -1,
                                      .first = { .struct_size = sizeof sequence.first, .pts = MIM_NO_PTS } };
    err = (struct mim_error){ 0 };
}

static inline enum mim_status
start(void)
{
    return mim_frame_timing_start(&timing, &ops, &operation, "test", &sequence, &err);
}

static inline void
set_source(uint32_t num, uint32_t den, int64_t first)
{
    sequence.time_num = num;
    sequence.time_den = den;
    sequence.first.duration = first;
}

static inline struct mim_frame_info
next_at(uint64_t index, int64_t pts, int64_t duration)
{
    struct mim_frame_info info = { .struct_size = sizeof info, .pts = pts, .duration = duration };
    CHECK(mim_frame_timing_next(&timing, index, &info, &err) == MIM_OK);
    return info;
}

static inline struct mim_frame_info
next(uint64_t index, int64_t duration)
{
    return next_at(index, MIM_NO_PTS, duration);
}

static inline bool
is_base(uint32_t num, uint32_t den)
{
    return sequence.time_num == num && sequence.time_den == den;
}

/* The text of the only notice since the last call, or "". */
static inline const char *
only_notice(void)
{
    static char text[sizeof operation.notices.first->text];
    const struct mim_pending_notice *first = operation.notices.first;
    CHECK(!first || !first->next);
    snprintf(text, sizeof text, "%s", first ? first->text : "");
    mim_notices_clear(&operation.notices);
    return text;
}

#endif
