/* SPDX-License-Identifier: MIT */
/* Checks the options of timing, applies them to the frames, and reports what is lost of the source's timing. */
#include "plugin/frame-timing.h"

#include <inttypes.h>
#include <stdio.h>

#include <mim/kit/ratio.h>

#include "base/error.h"
#include "plugin/operation.h"

#define MICROSECONDS 1000000 /* per second */
#define BRIEF_FPS 10         /* of frames that are too short for players */

static enum mim_status
check_fps(const struct mim_writer_timing *stored, struct mim_rational fps, struct mim_error *err)
{
    bool is_stored = stored->grid == MIM_GRID_FREE || stored->grid == MIM_GRID_RATE;
    if (fps.num <= 0)
        return mim_fail(err, MIM_OPTION, "fps is %" PRId64 "/%" PRId64 ", it must be above 0", fps.num, fps.den);
    if (is_stored && (fps.num > stored->den || fps.den > stored->den))
        return mim_fail(err, MIM_OPTION, "fps is %" PRId64 "/%" PRId64 ", both numbers must be at most %" PRIu32,
                        fps.num, fps.den, stored->den);
    return MIM_OK;
}

static enum mim_status
check_options(const struct mim_writer_timing *stored, const struct mim_timing_options *options, uint64_t count,
              struct mim_error *err)
{
    uint64_t listed = options->duration.count;
    if (options->fps.den && listed)
        return mim_fail(err, MIM_ARGUMENT, "duration and fps exclude each other: give only one");
    if (listed > 1 && count != MIM_UNKNOWN && listed != count)
        return mim_fail(err, MIM_ARGUMENT, "%" PRIu64 " durations for %" PRIu64 " frames", listed, count);
    return options->fps.den ? check_fps(stored, options->fps, err) : MIM_OK;
}

/* Is the option fps the rate of the source? Writers of whole rates keep it then. */
static bool
is_rate_of_source(const struct mim_frame_timing *timing, const struct mim_frame_info *first)
{
    const struct mim_time_grid *grid = &timing->grid;
    uint64_t duration = first->duration > 0 ? (uint64_t)first->duration : 0;
    return grid->is_even &&
           mim_ratio_compare(duration, (uint64_t)grid->time_num * grid->den, grid->time_den, grid->num) == 0;
}

static bool
is_from_source(const struct mim_frame_timing *timing)
{
    return timing->grid.time_den && !timing->options.fps.den && !timing->options.duration.count;
}

int64_t
mim_frame_timing_shown(int64_t duration, bool is_brief, struct mim_rational base)
{
    return is_brief ? mim_ratio_scale(1, (uint64_t)base.den, BRIEF_FPS * (uint64_t)base.num) : duration;
}

/* Let other formats show a brief frame as its own players do. */
static void
slow_brief(struct mim_frame_timing *timing, struct mim_frame_info *info)
{
    const struct mim_time_grid *grid = &timing->grid;
    if (!is_from_source(timing) || mim_writer_timing_min(grid->stored) || !(info->flags & MIM_FRAME_BRIEF))
        return;
    timing->has_short_frame = true;
    info->duration = mim_frame_timing_shown(info->duration, true, (struct mim_rational){ grid->time_num, grid->time_den });
}

/* A sequence without a loop count is played for ever. */
static void
settle_loop(struct mim_frame_timing *timing, struct mim_sequence *sequence)
{
    int32_t max = timing->grid.stored->max_loop;
    timing->is_loop_lowered = timing->options.loop < 0 && sequence->loop > max && sequence->count != 1;
    if (timing->options.loop >= 0) {
        sequence->loop = (int32_t)timing->options.loop;
        timing->flags |= MIM_TIMING_LOOP;
    } else {
        sequence->loop = sequence->loop < 0 ? 0 : sequence->loop > max ? max : sequence->loop;
    }
}

static void
settle_flags(struct mim_frame_timing *timing, const struct mim_frame_info *first)
{
    const struct mim_timing_options *options = &timing->options;
    bool is_given = options->fps.den || options->duration.count, has_source = timing->grid.time_den;
    if (is_given)
        timing->flags |= options->fps.den ? MIM_TIMING_FPS : MIM_TIMING_DURATION;
    if (has_source)
        timing->flags |= MIM_TIMING_SOURCE;
    if (has_source && is_given && !is_rate_of_source(timing, first))
        timing->flags |= MIM_TIMING_REPLACED;
    if (timing->grid.is_even)
        timing->flags |= MIM_TIMING_EVEN;
}

static int64_t
start_of(const struct mim_sequence *source)
{
    if (!source->time_den || source->first.pts == MIM_NO_PTS)
        return MIM_NO_PTS;
    return mim_ratio_scale(source->first.pts, (uint64_t)MICROSECONDS * source->time_num, source->time_den);
}

static enum mim_status
fail_too_long(const struct mim_frame_timing *timing, uint64_t index, struct mim_error *err)
{
    return mim_fail(err, timing->options.fps.den ? MIM_OPTION : MIM_ARGUMENT,
                    "frame %" PRIu64 " lasts too long: %s supports 0 to %g s", index, timing->format,
                    mim_writer_timing_max(timing->grid.stored));
}

enum mim_status
mim_frame_timing_start(struct mim_frame_timing *timing, const struct mim_writer_ops *ops,
                       struct mim_operation *operation, const char *format, struct mim_sequence *sequence,
                       struct mim_error *err)
{
    const struct mim_writer_timing *stored = mim_writer_timing(ops);
    if (!stored)
        return MIM_OK;
    enum mim_status status = check_options(stored, &timing->options, sequence->count, err);
    if (status != MIM_OK)
        return status;

    timing->operation = operation;
    timing->format = format;
    timing->grid = (struct mim_time_grid){ .stored = stored,
                                           .fps = timing->options.fps,
                                           .seconds = timing->options.duration,
                                           .time_num = sequence->time_num,
                                           .time_den = sequence->time_den };
    slow_brief(timing, &sequence->first);
    mim_time_grid_start(&timing->grid, &sequence->first);
    settle_flags(timing, &sequence->first);
    if (ops->flags & MIM_WRITER_LOOP)
        settle_loop(timing, sequence);
    sequence->timing = timing->flags;
    sequence->source_start = start_of(sequence);
    sequence->time_num = timing->grid.num;
    sequence->time_den = timing->grid.den;
    struct mim_time_grid ahead = timing->grid;
    return mim_time_grid_next(&ahead, 0, &sequence->first) ? MIM_OK : fail_too_long(timing, 0, err);
}

enum mim_status
mim_frame_timing_report(const struct mim_frame_timing *timing, struct mim_error *err)
{
    char text[80];
    if (!timing->is_loop_lowered)
        return MIM_OK;
    snprintf(text, sizeof text, "%s supports at most %" PRId32 " plays", timing->format, timing->grid.stored->max_loop);
    return mim_operation_notice(timing->operation, MIM_NOTICE_LOOP, MIM_UNKNOWN, text, err);
}

/* Report only the first moved frame. */
static enum mim_status
report_move(struct mim_frame_timing *timing, uint64_t index, struct mim_error *err)
{
    if (!timing->grid.is_moved || timing->has_reported_move)
        return MIM_OK;
    timing->has_reported_move = true;
    return mim_operation_notice(timing->operation, MIM_NOTICE_TIMING, index,
                                timing->grid.is_even
                                    ? "frame durations differ, but this format stores one rate for all frames"
                                    : "frame times are adjusted to those that this format can store",
                                err);
}

/* Report only the first short frame, unless it is the only frame. */
static enum mim_status
report_short(struct mim_frame_timing *timing, uint64_t index, struct mim_error *err)
{
    timing->has_short_frame |= timing->grid.is_lengthened;
    if (!index || !timing->has_short_frame || timing->has_reported_short)
        return MIM_OK;
    timing->has_reported_short = true;
    return mim_operation_notice(timing->operation, MIM_NOTICE_TIMING, index,
                                mim_writer_timing_min(timing->grid.stored)
                                    ? "frames are lengthened, because players slow down shorter ones"
                                    : "brief frames last 0.1 s, as players of the source's format show them",
                                err);
}

/* The first frame of a source tells whether its frames are shown for other durations than there. */
void
mim_frame_timing_check_origin(struct mim_frame_timing *timing, const struct mim_frame_info *info,
                              struct mim_origin *origin)
{
    if (timing->operation && origin->source != timing->source) {
        timing->source = origin->source;
        timing->is_replaced = !is_from_source(timing) && !is_rate_of_source(timing, info);
    }
    if (timing->is_replaced)
        origin->time = MIM_NO_PTS;
}

enum mim_status
mim_frame_timing_next(struct mim_frame_timing *timing, uint64_t index, struct mim_frame_info *info,
                      struct mim_error *err)
{
    uint64_t listed = timing->options.duration.count;
    if (!timing->operation)
        return MIM_OK;
    if (listed > 1 && index >= listed)
        return mim_fail(err, MIM_ARGUMENT, "%" PRIu64 " durations, but there are more frames", listed);
    slow_brief(timing, info);
    if (!mim_time_grid_next(&timing->grid, index, info))
        return fail_too_long(timing, index, err);
    enum mim_status status = report_short(timing, index, err);
    return status == MIM_OK ? report_move(timing, index, err) : status;
}

enum mim_status
mim_frame_timing_end(const struct mim_frame_timing *timing, uint64_t count, struct mim_error *err)
{
    uint64_t listed = timing->options.duration.count;
    if (listed > 1 && listed != count)
        return mim_fail(err, MIM_ARGUMENT, "%" PRIu64 " durations for %" PRIu64 " frames", listed, count);
    return MIM_OK;
}
