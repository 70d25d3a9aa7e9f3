/* SPDX-License-Identifier: MIT */
/* Resolution of slices, as Python resolves them. */
#include "pipeline/selection.h"

#include <inttypes.h>
#include <stdlib.h>

#include "base/error.h"

static int64_t
step_of(const struct mim_range *range)
{
    return range->step ? range->step : 1;
}

static bool
needs_count(const struct mim_range *range)
{
    if (range->has_start && range->start < 0)
        return true;
    if (range->has_stop && range->stop < 0)
        return true;
    return step_of(range) < 0;
}

bool
mim_ranges_need_count(const struct mim_range *ranges, size_t range_count)
{
    for (size_t i = 0; i < range_count; i++)
        if (needs_count(&ranges[i]))
            return true;
    return false;
}

/* Clip an end of a slice as Python does. */
static int64_t
clip_index(int64_t at, int64_t count, int64_t low, int64_t high)
{
    if (at < 0)
        at += count;
    return at < low ? low : at > high ? high : at;
}

static bool
is_single(const struct mim_range *range)
{
    if (!range->has_start || step_of(range) != 1)
        return false;
    if (range->start == -1)
        return !range->has_stop;
    return range->has_stop && range->start < INT64_MAX && range->stop == range->start + 1;
}

static struct mim_run
resolve_counted(const struct mim_range *range, int64_t count)
{
    int64_t step = step_of(range), low = step < 0 ? -1 : 0, high = step < 0 ? count - 1 : count;
    int64_t start = range->has_start ? clip_index(range->start, count, low, high) : step < 0 ? high : low;
    int64_t stop = range->has_stop ? clip_index(range->stop, count, low, high) : step < 0 ? low : high;
    uint64_t span =
        step < 0 ? (start > stop ? (uint64_t)(start - stop) : 0) : (stop > start ? (uint64_t)(stop - start) : 0);
    uint64_t stride = step < 0 ? -(uint64_t)step : (uint64_t)step;
    return (struct mim_run){ .first = (uint64_t)start,
                             .step = step,
                             .count = span / stride + (span % stride != 0),
                             .span = span };
}

static struct mim_run
resolve_open(const struct mim_range *range)
{
    uint64_t step = (uint64_t)step_of(range), start = range->has_start ? (uint64_t)range->start : 0;
    struct mim_run run = { .first = start, .step = (int64_t)step, .count = MIM_UNKNOWN, .span = MIM_UNKNOWN };
    if (range->has_stop) {
        uint64_t stop = (uint64_t)range->stop;
        run.span = stop > start ? stop - start : 0;
        run.count = run.span / step + (run.span % step != 0);
    }
    return run;
}

enum mim_status
mim_selection_resolve(struct mim_selection *selection, const struct mim_range *ranges, size_t range_count,
                      uint64_t count, struct mim_error *err)
{
    static const struct mim_range all = { 0 };
    if (!range_count) {
        ranges = &all;
        range_count = 1;
    }
    *selection =
        (struct mim_selection){ .runs = calloc(range_count, sizeof *selection->runs), .run_count = range_count };
    if (!selection->runs)
        return mim_fail_nomem(err, "a selection of frames");

    for (size_t i = 0; i < range_count; i++) {
        const struct mim_range *range = &ranges[i];
        bool counted = count != MIM_UNKNOWN && count <= INT64_MAX;
        selection->runs[i] = counted ? resolve_counted(range, (int64_t)count) : resolve_open(range);
        /* an empty slice is fine; the number of a frame that does not exist is an error */
        if (is_single(range) && !selection->runs[i].count) {
            int64_t number = range->start;
            mim_selection_clear(selection);
            return mim_fail(err, MIM_RANGE, "there is no frame %" PRId64 ": the sequence has %" PRIu64, number, count);
        }
    }
    return MIM_OK;
}

enum mim_status
mim_selection_of_list(struct mim_selection *selection, const uint64_t *indices, size_t count, struct mim_error *err)
{
    *selection =
        (struct mim_selection){ .runs = calloc(count ? count : 1, sizeof *selection->runs), .run_count = count };
    if (!selection->runs)
        return mim_fail_nomem(err, "a selection of frames");
    for (size_t i = 0; i < count; i++)
        selection->runs[i] = (struct mim_run){ .first = indices[i], .step = 1, .count = 1, .span = 1 };
    return MIM_OK;
}

void
mim_selection_clear(struct mim_selection *selection)
{
    free(selection->runs);
    *selection = (struct mim_selection){ 0 };
}

static uint64_t
run_size(const struct mim_run *run, uint64_t count)
{
    if (run->step < 0)
        return run->count;
    if (count == MIM_UNKNOWN)
        return run->count;
    uint64_t within = count > run->first ? (count - run->first - 1) / (uint64_t)run->step + 1 : 0;
    return run->count < within ? run->count : within;
}

bool
mim_selection_is_forward(const struct mim_selection *selection)
{
    uint64_t next = 0;
    for (size_t i = 0; i < selection->run_count; i++) {
        const struct mim_run *run = &selection->runs[i];
        if (run->first < next || (run->step <= 0 && run->count > 1))
            return false;
        bool is_endless = run->count == MIM_UNKNOWN || __builtin_mul_overflow(run->count, (uint64_t)run->step, &next) ||
                          __builtin_add_overflow(next, run->first, &next);
        next = is_endless ? MIM_UNKNOWN : run->first + (run->count - 1) * (uint64_t)run->step + 1;
    }
    return true;
}

uint64_t
mim_selection_size(const struct mim_selection *selection, uint64_t count)
{
    uint64_t sum = 0;
    for (size_t i = 0; i < selection->run_count; i++) {
        uint64_t size = run_size(&selection->runs[i], count);
        if (size == MIM_UNKNOWN)
            return MIM_UNKNOWN;
        sum += size;
    }
    return sum;
}

static void
skip_empty_runs(struct mim_cursor *cursor, const struct mim_selection *selection)
{
    while (cursor->run < selection->run_count && cursor->done >= selection->runs[cursor->run].count)
        *cursor = (struct mim_cursor){ .run = cursor->run + 1 };
}

const struct mim_run *
mim_cursor_run(const struct mim_cursor *cursor, const struct mim_selection *selection)
{
    struct mim_cursor at = *cursor;
    skip_empty_runs(&at, selection);
    return at.run < selection->run_count ? &selection->runs[at.run] : NULL;
}

bool
mim_cursor_index(const struct mim_cursor *cursor, const struct mim_selection *selection, uint64_t *index)
{
    struct mim_cursor at = *cursor;
    skip_empty_runs(&at, selection);
    if (at.run >= selection->run_count)
        return false;
    const struct mim_run *run = &selection->runs[at.run];
    *index = run->first + at.done * (uint64_t)run->step; /* unsigned, so that a negative step wraps around */
    return true;
}

void
mim_cursor_advance(struct mim_cursor *cursor, const struct mim_selection *selection)
{
    skip_empty_runs(cursor, selection);
    if (cursor->run < selection->run_count)
        cursor->done++;
}

uint64_t
mim_cursor_ascent(const struct mim_cursor *cursor, const struct mim_selection *selection, uint64_t max)
{
    struct mim_cursor at = *cursor;
    uint64_t ascent = 0, last = 0, index;
    while (mim_cursor_index(&at, selection, &index)) {
        skip_empty_runs(&at, selection);
        const struct mim_run *run = &selection->runs[at.run];
        uint64_t left = run->count == MIM_UNKNOWN ? run->count : run->count - at.done;
        bool descends = run->step < 0 && left > 1;
        if (ascent >= max || (ascent && index <= last))
            return ascent;
        if (descends || left >= max - ascent)
            return descends ? ascent + 1 : max;
        ascent += left;
        last = index + (left - 1) * (uint64_t)run->step;
        at = (struct mim_cursor){ .run = at.run + 1 };
    }
    return MIM_UNKNOWN;
}

bool
mim_cursor_end_run(struct mim_cursor *cursor, const struct mim_selection *selection)
{
    skip_empty_runs(cursor, selection);
    if (cursor->run < selection->run_count)
        *cursor = (struct mim_cursor){ .run = cursor->run + 1 };
    return cursor->run < selection->run_count;
}
