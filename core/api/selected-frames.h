/* SPDX-License-Identifier: MIT */
/* A reader together with the frames of it that a call wants. */
#ifndef MIM_CORE_API_SELECTED_FRAMES_H
#define MIM_CORE_API_SELECTED_FRAMES_H

#include "api/reader.h"
#include "pipeline/selection.h"

struct mim_selected_frames {
    struct mim_reader *reader;
    struct mim_selection selection;
    uint64_t count; /* frames selected, or MIM_UNKNOWN */
    bool whole;     /* all frames, in order */
};

enum mim_status mim_selected_frames_open(struct mim_selected_frames *selected, struct mim_context *context,
                                         struct mim_source *source, const struct mim_read_options *options,
                                         uint64_t result_default, struct mim_error *err);
/* Find out how many there are, by a scan where needed. A damaged file: its status. */
enum mim_status mim_selected_frames_count(struct mim_selected_frames *selected, struct mim_error *err);
const struct mim_limits *mim_selected_frames_limits(const struct mim_selected_frames *selected);
void mim_selected_frames_close(struct mim_selected_frames *selected);

#endif
