/* SPDX-License-Identifier: MIT */
/* The rows of the options duration, fps and loop, with the bounds of a writer. */
#include "options/timing-options.h"

#define OPTION(member) MIM_OPTION_HEADER, .offset = offsetof(struct mim_timing_options, member)

static const struct mim_option duration_row = {
    OPTION(duration), .name = "duration", .type = MIM_OPTION_LIST, .unit = "s",
    .help = "seconds per frame: one number, or one per frame; default: the source's timing, else 0.1"
};
static const struct mim_option fps_row = { OPTION(fps), .name = "fps", .type = MIM_OPTION_RATIONAL, .unit = "1/s",
                                           .help = "frames per second, instead of duration" };
static const struct mim_option rate_row = {
    OPTION(fps), .name = "fps", .type = MIM_OPTION_RATIONAL, .unit = "1/s",
    .help = "constant rate in frames per second; default: the source's timing, else 10"
};
static const struct mim_option loop_row = {
    OPTION(loop), .name = "loop", .type = MIM_OPTION_INT, .initial = -1,
    .help = "plays in total, 0 = for ever; default: as in the source, else for ever"
};

const struct mim_writer_timing *
mim_writer_timing(const struct mim_writer_ops *ops)
{
    return MIM_HAS(ops, timing) ? ops->timing : NULL;
}

/* Does each frame have a duration of its own, between bounds? */
static bool
has_durations(const struct mim_writer_timing *timing)
{
    return timing->grid == MIM_GRID_FIXED || timing->grid == MIM_GRID_FRACTION;
}

const char *
mim_writer_timing_fault(const struct mim_writer_ops *ops)
{
    const struct mim_writer_timing *timing = mim_writer_timing(ops);
    if (!timing)
        return NULL;
    if (!MIM_HAS(timing, max_loop))
        return "the struct_size of its writer's timing is too small";
    if (timing->grid < MIM_GRID_FIXED || timing->grid > MIM_GRID_RATE)
        return "its writer's timing has an unknown grid";
    if (!timing->den || (has_durations(timing) && !timing->max_duration) ||
        (ops->flags & MIM_WRITER_LOOP && timing->max_loop <= 0))
        return "its writer's timing has a bound that is not positive";
    return NULL;
}

double
mim_writer_timing_max(const struct mim_writer_timing *timing)
{
    return timing->grid == MIM_GRID_FIXED ? timing->max_duration / (double)timing->den : timing->max_duration;
}

int64_t
mim_writer_timing_min(const struct mim_writer_timing *timing)
{
    return MIM_HAS(timing, min_duration) ? timing->min_duration : 0;
}

struct mim_option_table
mim_writer_options(const struct mim_writer_ops *ops, struct mim_timing_options *own)
{
    struct mim_option_table table = { .writing = true, .own_state = own };
    const struct mim_writer_timing *timing = ops ? mim_writer_timing(ops) : NULL;

    if (ops) {
        table.rows = ops->options;
        table.count = ops->option_count;
    }
    if (!timing)
        return table;
    if (has_durations(timing)) {
        table.own[table.own_count] = duration_row;
        table.own[table.own_count++].max = mim_writer_timing_max(timing);
    }
    table.own[table.own_count++] = has_durations(timing) ? fps_row : rate_row;
    if (ops->flags & MIM_WRITER_LOOP) {
        table.own[table.own_count] = loop_row;
        table.own[table.own_count++].max = timing->max_loop;
    }
    return table;
}
