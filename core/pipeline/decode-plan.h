/* SPDX-License-Identifier: MIT */
/* The way through a selection: the next frame to prepare is the selected one, or one to be drawn before it. */
#ifndef MIM_CORE_PIPELINE_DECODE_PLAN_H
#define MIM_CORE_PIPELINE_DECODE_PLAN_H

#include "frame/canvas.h"
#include "pipeline/keyframes.h"
#include "pipeline/selection.h"

struct mim_decode_plan {
    const struct mim_selection *selection;
    struct mim_cursor cursor; /* of the next frame to prepare */
    struct mim_run range;     /* selected by mim_decode_plan_set_range(), as the one run of range_selection */
    struct mim_selection range_selection;
    bool is_composed; /* frames are drawn over those before them */
    bool may_jump;    /* the plugin prepares frames in any order */
    struct mim_keyframes keyframes;
    uint64_t canvas_next; /* the frame that the canvas is ready for; MIM_UNKNOWN: none, start at a key frame */
};

/* The reason for preparing a frame. */
struct mim_decode_target {
    struct mim_cursor cursor; /* of the selected frame */
    bool is_wanted;           /* the frame is selected; otherwise it is drawn on the way to the selected one */
    enum mim_canvas_start start;
};

/* `flags`: of struct mim_reader_ops. */
void mim_decode_plan_init(struct mim_decode_plan *plan, bool is_composed, uint32_t flags);
void mim_decode_plan_clear(struct mim_decode_plan *plan);

/* The selection is borrowed. */
void mim_decode_plan_select(struct mim_decode_plan *plan, const struct mim_selection *selection);
/* Select `count` frames from `first` on; MIM_UNKNOWN: all that follow. */
void mim_decode_plan_set_range(struct mim_decode_plan *plan, uint64_t first, uint64_t count);

/* The next selected frame; false: past the last. */
bool mim_decode_plan_selected(const struct mim_decode_plan *plan, uint64_t *index);
/* The frame to prepare next, on the way to `selected`. */
struct mim_decode_target mim_decode_plan_next(const struct mim_decode_plan *plan, uint64_t selected, uint64_t *index);
/* The frame is being prepared: go on to the next. */
void mim_decode_plan_advance(struct mim_decode_plan *plan, uint64_t index, const struct mim_decode_target *target);
/* Go back to a frame whose work is dropped. The canvas may have been drawn on, so it is ready for no frame. */
void mim_decode_plan_return(struct mim_decode_plan *plan, const struct mim_decode_target *target);
/* Skip the next selected frame. */
void mim_decode_plan_skip(struct mim_decode_plan *plan);
/* The canvas is ready for no frame: start at a key frame. */
void mim_decode_plan_drop_canvas(struct mim_decode_plan *plan);
/* The sequence ends before the selected frame: go on with the next run. false: there is none. */
bool mim_decode_plan_end_run(struct mim_decode_plan *plan);
/* A frame is selected by its number alone: it is an error when it does not exist. */
bool mim_decode_plan_is_single(const struct mim_decode_plan *plan);

#endif
