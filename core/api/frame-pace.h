/* SPDX-License-Identifier: MIT */
/* Keeps the speed of a conversion where the output cannot store the times of the source: drops frames that are too short for
 * players of the format, and repeats frames where all of them have one rate. */
#ifndef MIM_CORE_API_FRAME_PACE_H
#define MIM_CORE_API_FRAME_PACE_H

#include <mim/reader.h>
#include <mim/writer.h>

#include "plugin/writer-calls.h"

struct mim_paced_frame {
    struct mim_frame frame;
    int64_t start; /* ticks of the output */
};

/* Zeroed: every frame is written as it is. */
struct mim_frame_pace {
    struct mim_writer *writer;
    struct mim_plugin_writer *plugin;
    struct mim_rational tick; /* seconds of the output; den 0: every frame is written as it is */
    int64_t min;              /* ticks of the shortest frame; 0: every frame is repeated until its end */
    int64_t even_ticks;       /* of the source, which frames last that need no repetition; 0: frames differ */
    int64_t rounding;         /* up to which they may differ from that */

    struct mim_rational base; /* of the source; the latest frame ends at */
    int64_t source_ticks;     /* ticks of the source after */
    int64_t base_start, end;  /* ticks of the output */
    struct mim_paced_frame pending[2]; /* whose end depends on the next frame */
    unsigned pending_count;
    int64_t written;          /* ticks, if frames are repeated */
    bool has_reported;
};

/* Choose the tick for the writer, which has no frames yet. `reader` is the only source, or NULL. */
void mim_frame_pace_start(struct mim_frame_pace *pace, struct mim_writer *writer, struct mim_reader *reader);
/* Does the number of written frames differ from that of the source? */
bool mim_frame_pace_changes_count(const struct mim_frame_pace *pace);
/* Write the frame, or what it is replaced by. Takes the frame. */
enum mim_status mim_frame_pace_take(struct mim_frame_pace *pace, struct mim_frame *frame, struct mim_error *err);
/* Write the pending frames. */
enum mim_status mim_frame_pace_finish(struct mim_frame_pace *pace, struct mim_error *err);
void mim_frame_pace_clear(struct mim_frame_pace *pace);

#endif
