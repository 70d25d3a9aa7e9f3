/* SPDX-License-Identifier: MIT */
/*
 * When each written frame is shown: from the options duration and fps, else from the source, else 0.1 s each, in the
 * times that the writer can store. All calls are serial.
 */
#ifndef MIM_CORE_PLUGIN_FRAME_TIMING_H
#define MIM_CORE_PLUGIN_FRAME_TIMING_H

#include <mim/error.h>
#include <mim/plugin.h>

#include "options/timing-options.h"
#include "plugin/time-grid.h"

struct mim_operation;

/* Zeroed, with options bound: ready to start. */
struct mim_frame_timing {
    struct mim_timing_options options;
    struct mim_operation *operation; /* NULL: frames keep the timing of the source */
    const char *format;              /* for messages */
    struct mim_time_grid grid;
    uint32_t flags; /* MIM_TIMING_* */
    uint32_t source;      /* of the latest frame, which the options show for */
    bool is_replaced;     /* other durations */
    bool is_loop_lowered, has_reported_move, has_short_frame, has_reported_short;
};

/* How long players of its format show a frame, which may be brief (MIM_FRAME_BRIEF). All in ticks of `base`. */
int64_t mim_frame_timing_shown(int64_t duration, bool is_brief, struct mim_rational base);
/* Check the options, and replace the timing and the loop count of the source, which the sequence holds. */
enum mim_status mim_frame_timing_start(struct mim_frame_timing *timing, const struct mim_writer_ops *ops,
                                       struct mim_operation *operation, const char *format,
                                       struct mim_sequence *sequence, struct mim_error *err);
/* Report a lowered loop count. */
enum mim_status mim_frame_timing_report(const struct mim_frame_timing *timing, struct mim_error *err);
/* Make the time in the source unknown if options replace its timing. To be called for each frame in order, before: */
void mim_frame_timing_check_origin(struct mim_frame_timing *timing, const struct mim_frame_info *info,
                                   struct mim_origin *origin);
/* Replace the timing of the frame. To be called for each frame in order. */
enum mim_status mim_frame_timing_next(struct mim_frame_timing *timing, uint64_t index, struct mim_frame_info *info,
                                      struct mim_error *err);
/* Fails if there were fewer frames than durations. */
enum mim_status mim_frame_timing_end(const struct mim_frame_timing *timing, uint64_t count, struct mim_error *err);

#endif
