/* SPDX-License-Identifier: MIT */
/* One function for each kind of grid. */
#include "plugin/time-grid.h"

#include <math.h>

#include <mim/kit/ratio.h>

#include "options/timing-options.h"

#define DEFAULT_FPS 10
#define FINE_TICK 1000000  /* ticks per second, for a time base that is not stored exactly */
#define DECIMAL_ERROR 1e-9 /* bound for the error of a decimal fraction in binary, in seconds or relative */
#define MAX_TERMS 16       /* of a continued fraction */
#define FARTHEST (INT64_MAX / 4)

/* --- whole ticks of a fixed length -------------------------------------------------------------------------------- */

/* Rounding ends rather than durations keeps the sum exact. */
static int64_t
end_in_ticks(struct mim_time_grid *grid, uint64_t index, int64_t duration)
{
    uint32_t den = grid->den;

    if (grid->fps.den)
        return mim_ratio_scale((int64_t)(index + 1) * den, (uint64_t)grid->fps.den, (uint64_t)grid->fps.num);
    if (grid->seconds.count == 1)
        return (int64_t)((double)(index + 1) * grid->seconds.values[0] * den + 0.5);
    if (grid->seconds.count) {
        grid->listed_seconds += grid->seconds.values[index];
        return (int64_t)(grid->listed_seconds * den + 0.5);
    }
    if (duration > 0 && __builtin_add_overflow(grid->source_ticks, duration, &grid->source_ticks))
        grid->source_ticks = INT64_MAX;
    return mim_ratio_scale(grid->source_ticks, (uint64_t)den * grid->time_num, grid->time_den);
}

/* A frame that is too short for players gets longer, and all later ones start later. Files of the format stay as they are. */
static bool
round_to_ticks(struct mim_time_grid *grid, uint64_t index, struct mim_frame_info *info)
{
    bool is_retained = info->flags & MIM_FRAME_BRIEF && !grid->fps.den && !grid->seconds.count;
    int64_t min = is_retained ? 0 : mim_writer_timing_min(grid->stored);
    int64_t start = grid->ticks, end = end_in_ticks(grid, index, info->duration) + grid->added_ticks;
    int64_t added = min > end - start ? min - (end - start) : 0;
    if (end < start || end - start > grid->stored->max_duration)
        return false;
    grid->is_lengthened = added;
    grid->added_ticks += added;
    grid->ticks = end + added;
    info->pts = start;
    info->duration = grid->ticks - start;
    return true;
}

/* --- fractions ---------------------------------------------------------------------------------------------------- */

static bool
fit_quotient(const struct mim_writer_timing *stored, uint64_t num, uint64_t den, struct mim_frame_info *info)
{
    uint64_t divisor = mim_ratio_common_divisor(num, den);
    if (num / divisor > stored->max_duration || den / divisor > stored->den)
        return false;
    info->duration = (int64_t)(num / divisor);
    info->duration_den = (uint32_t)(den / divisor);
    return true;
}

/* Take the first convergent of the continued fraction that equals `seconds` within the error. */
static bool
fit_seconds(const struct mim_writer_timing *stored, double seconds, struct mim_frame_info *info)
{
    double rest = seconds;
    uint64_t p0 = 0, q0 = 1, p1 = 1, q1 = 0;

    for (int i = 0; i < MAX_TERMS && rest <= UINT32_MAX; i++) {
        uint64_t whole = (uint64_t)rest, p = whole * p1 + p0, q = whole * q1 + q0;
        if (p > stored->max_duration || q > stored->den)
            return false;
        p0 = p1, q0 = q1, p1 = p, q1 = q;
        if (fabs((double)p / (double)q - seconds) <= DECIMAL_ERROR * (seconds > 1 ? seconds : 1))
            return fit_quotient(stored, p, q, info);
        rest = 1 / (rest - (double)whole);
    }
    return false;
}

/* Round to a decimal fraction, and carry the error on to the next frame. */
static bool
round_seconds(struct mim_time_grid *grid, double seconds, struct mim_frame_info *info)
{
    const struct mim_writer_timing *stored = grid->stored;
    double wanted = seconds + grid->carried_seconds;
    uint32_t den = 1;

    while (den <= stored->den / 10 && wanted * (den * 10.0) <= stored->max_duration)
        den *= 10;
    double num = wanted * den + 0.5;
    if (num >= stored->max_duration + 1.0)
        return false;
    info->duration = num > 0 ? (int64_t)num : 0;
    info->duration_den = den;
    grid->carried_seconds = wanted - (double)info->duration / den;
    return true;
}

/* A fraction that is exact needs no rounding, and none of the error that is carried. */
static bool
round_to_fraction(struct mim_time_grid *grid, uint64_t index, struct mim_frame_info *info)
{
    const struct mim_list *list = &grid->seconds;
    uint64_t num = (uint64_t)grid->fps.den, den = (uint64_t)grid->fps.num;

    info->pts = MIM_NO_PTS;
    if (!num && list->count) {
        double seconds = list->values[list->count > 1 ? index : 0];
        return fit_seconds(grid->stored, seconds, info) || round_seconds(grid, seconds, info);
    }
    if (!num) {
        uint64_t duration = info->duration > 0 ? (uint64_t)info->duration : 0;
        if (__builtin_mul_overflow(duration, grid->time_num, &num))
            return false;
        den = grid->time_den;
    }
    return fit_quotient(grid->stored, num, den, info) || round_seconds(grid, (double)num / (double)den, info);
}

/* --- a time base that the file stores ----------------------------------------------------------------------------- */

/* Set the time base to num/den in lowest terms. false: a term exceeds the bound. */
static bool
set_base(struct mim_time_grid *grid, uint64_t num, uint64_t den)
{
    uint64_t divisor = mim_ratio_common_divisor(num, den);
    if (!divisor || num / divisor > grid->stored->den || den / divisor > grid->stored->den)
        return false;
    grid->num = (uint32_t)(num / divisor);
    grid->den = (uint32_t)(den / divisor);
    return true;
}

static int64_t
rescale_ticks(const struct mim_time_grid *grid, int64_t ticks)
{
    int64_t result = mim_ratio_scale(ticks, (uint64_t)grid->time_num * grid->den, (uint64_t)grid->time_den * grid->num);
    return result > FARTHEST ? FARTHEST : result < -FARTHEST ? -FARTHEST : result;
}

static bool
is_exact(const struct mim_time_grid *grid, int64_t ticks)
{
    return mim_ratio_is_whole(ticks, (uint64_t)grid->time_num * grid->den, (uint64_t)grid->time_den * grid->num);
}

static void
start_free(struct mim_time_grid *grid, const struct mim_frame_info *first)
{
    if (!set_base(grid, grid->time_num, grid->time_den))
        set_base(grid, 1, grid->stored->den < FINE_TICK ? grid->stored->den : FINE_TICK);
    grid->ticks = -1;
    grid->first_pts = first->pts;
    grid->nominal_ticks = first->duration > 0 ? rescale_ticks(grid, first->duration)
                                              : mim_ratio_scale(1, grid->den, (uint64_t)DEFAULT_FPS * grid->num);
    if (grid->nominal_ticks < 1)
        grid->nominal_ticks = 1;
}

/* Keep the timestamps of the source, but let each frame start at least a tick after the one before. */
static bool
round_to_base(struct mim_time_grid *grid, uint64_t index, struct mim_frame_info *info)
{
    int64_t start = grid->source_ticks, duration = info->duration > 0 ? info->duration : 0;
    (void)index;

    if (info->pts != MIM_NO_PTS && grid->first_pts != MIM_NO_PTS &&
        __builtin_sub_overflow(info->pts, grid->first_pts, &start))
        start = grid->source_ticks;
    int64_t wanted = rescale_ticks(grid, start), last = grid->ticks;
    info->pts = grid->ticks = wanted > last ? wanted : last + 1;
    grid->is_moved = info->pts != wanted || !is_exact(grid, start);
    if (__builtin_add_overflow(start, duration, &grid->source_ticks))
        grid->source_ticks = start;
    info->duration = duration ? rescale_ticks(grid, grid->source_ticks) - info->pts : grid->nominal_ticks;
    if (info->duration < 1)
        info->duration = 1;
    return true;
}

/* --- one duration for all frames ---------------------------------------------------------------------------------- */

/* Keep the denominator of the source, which tells how exact its durations are. */
static void
start_rate(struct mim_time_grid *grid, const struct mim_frame_info *first)
{
    uint64_t num = 0, max = grid->stored->den;

    grid->is_even = true;
    if (first->duration <= 0 || !set_base(grid, grid->time_num, grid->time_den) ||
        __builtin_mul_overflow((uint64_t)first->duration, grid->num, &num)) {
        set_base(grid, 1, DEFAULT_FPS);
        return;
    }
    grid->first_duration = first->duration;
    if (num <= max) {
        grid->num = (uint32_t)num;
        return;
    }
    uint64_t den = grid->den;
    while (!set_base(grid, num, den)) {
        num /= 2;
        den = (den + 1) / 2;
    }
}

static bool
count_frames(struct mim_time_grid *grid, uint64_t index, struct mim_frame_info *info)
{
    int64_t first = grid->first_duration;
    grid->is_moved = first && (info->duration < first - 1 || info->duration - 1 > first);
    info->pts = (int64_t)index;
    info->duration = 1;
    return true;
}

/* --- the kinds ---------------------------------------------------------------------------------------------------- */

void
mim_time_grid_start(struct mim_time_grid *grid, const struct mim_frame_info *first)
{
    int32_t kind = grid->stored->grid;
    if (!grid->fps.den && !grid->seconds.count && !grid->time_den)
        grid->fps = (struct mim_rational){ DEFAULT_FPS, 1 };
    if (kind == MIM_GRID_FIXED)
        set_base(grid, 1, grid->stored->den);
    if (kind != MIM_GRID_FREE && kind != MIM_GRID_RATE)
        return;
    grid->is_even = grid->fps.den && set_base(grid, (uint64_t)grid->fps.den, (uint64_t)grid->fps.num);
    if (!grid->is_even)
        (kind == MIM_GRID_FREE ? start_free : start_rate)(grid, first);
}

bool
mim_time_grid_next(struct mim_time_grid *grid, uint64_t index, struct mim_frame_info *info)
{
    if (grid->is_even)
        return count_frames(grid, index, info);
    if (grid->stored->grid == MIM_GRID_FREE)
        return round_to_base(grid, index, info);
    return (grid->stored->grid == MIM_GRID_FIXED ? round_to_ticks : round_to_fraction)(grid, index, info);
}
