/* SPDX-License-Identifier: MIT */
/* Opening a reader for some frames. */
#include "api/selected-frames.h"

#include "plugin/operation.h"

static uint64_t
known_count(struct mim_reader *reader)
{
    enum mim_certainty certainty;
    uint64_t count = mim_reader_count(reader, &certainty);
    return certainty == MIM_SURE_EXACT ? count : MIM_UNKNOWN;
}

static enum mim_status
resolve(struct mim_selected_frames *selected, const struct mim_read_options *options, struct mim_error *err)
{
    uint64_t total = known_count(selected->reader);
    if (total == MIM_UNKNOWN && mim_ranges_need_count(options->ranges, options->range_count)) {
        enum mim_status status = mim_reader_count_exactly(selected->reader, &total, err);
        /* of a damaged file, negative numbers count from the last good frame if that is what is asked for */
        if (status != MIM_OK && !(options->partial && total))
            return status;
    }
    enum mim_status status =
        mim_selection_resolve(&selected->selection, options->ranges, options->range_count, total, err);
    if (status != MIM_OK)
        return status;
    selected->count = mim_selection_size(&selected->selection, total);
    mim_reader_select(selected->reader, &selected->selection);
    return MIM_OK;
}

enum mim_status
mim_selected_frames_open(struct mim_selected_frames *selected, struct mim_context *context, struct mim_source *source,
                         const struct mim_read_options *options, uint64_t result_default, struct mim_error *err)
{
    *selected = (struct mim_selected_frames){ .whole = !options->range_count, .count = MIM_UNKNOWN };
    enum mim_status status =
        mim_reader_open_for(&selected->reader, context, source, &options->open, result_default, err);
    if (status == MIM_OK)
        status = resolve(selected, options, err);
    if (status != MIM_OK)
        mim_selected_frames_close(selected);
    return status;
}

enum mim_status
mim_selected_frames_count(struct mim_selected_frames *selected, struct mim_error *err)
{
    uint64_t total = 0;
    enum mim_status status = mim_reader_count_exactly(selected->reader, &total, err);
    if (status == MIM_OK)
        selected->count = mim_selection_size(&selected->selection, total);
    return status;
}

const struct mim_limits *
mim_selected_frames_limits(const struct mim_selected_frames *selected)
{
    return &mim_reader_operation(selected->reader)->control.limits;
}

void
mim_selected_frames_close(struct mim_selected_frames *selected)
{
    mim_reader_close(selected->reader);
    mim_selection_clear(&selected->selection);
    *selected = (struct mim_selected_frames){ 0 };
}
