/* SPDX-License-Identifier: MIT */
/*
 * The way through a selection: which frame is delivered next, and which is prepared next.
 *
 * Where going back costs decoding, frames are prepared window by window, each in one ascending pass. A frame decoded before
 * its turn is retained until then. When a window needs more frames than may be retained, copies of the canvas are left on the way
 * to it (checkpoints), so that the next window, further back, does not start from the key frame again.
 */
#ifndef MIM_CORE_PIPELINE_DECODE_PLAN_H
#define MIM_CORE_PIPELINE_DECODE_PLAN_H

#include "frame/canvas.h"
#include "pipeline/checkpoints.h"
#include "pipeline/decode-window.h"
#include "pipeline/keyframes.h"

struct mim_decode_plan {
    const struct mim_selection *selection;
    struct mim_cursor due;   /* of the next frame to deliver */
    struct mim_cursor ahead; /* of the next frame to prepare, while the window is in order */
    struct mim_decode_window window;
    uint64_t most;    /* frames in a window; 1 after a failure that reading frame by frame may avoid */
    bool is_composed; /* frames are drawn over those before them */
    bool may_jump;    /* the plugin prepares frames in any order */
    bool is_sorting;  /* going back costs decoding */
    struct mim_keyframes keyframes;
    struct mim_checkpoints checkpoints;
    uint64_t spacing;     /* of the checkpoints on the way to the window; 0: none */
    uint64_t canvas_next; /* the frame that the canvas is ready for; MIM_UNKNOWN: none, start at a key frame */
    uint64_t position;    /* of the plugin: the frame after the one prepared last */
};

/* The reason for preparing a frame. */
struct mim_decode_target {
    struct mim_cursor cursor; /* of the selected frame, in order */
    bool is_wanted;           /* the frame is selected; otherwise it is drawn on the way to the selected one */
    bool is_sorted;           /* it may have to wait for its turn */
    bool is_left_out;         /* the frame is selected but not delivered */
    bool leaves_checkpoint;   /* after it */
    enum mim_canvas_start start;
    struct mim_buffer *canvas; /* for MIM_CANVAS_KEPT: a reference */
};

/* `flags`: of struct mim_reader_ops. */
void mim_decode_plan_init(struct mim_decode_plan *plan, bool is_composed, uint32_t flags);
void mim_decode_plan_clear(struct mim_decode_plan *plan);

/* The selection is borrowed. No frames are retained. */
void mim_decode_plan_select(struct mim_decode_plan *plan, const struct mim_selection *selection);

/* The next frame to deliver; false: past the last. */
bool mim_decode_plan_due(const struct mim_decode_plan *plan, uint64_t *index);
/* The next selected frame to prepare; false: the window is used up. */
bool mim_decode_plan_selected(const struct mim_decode_plan *plan, uint64_t *index);
/* Go on in order while earlier frames are in flight. false: they have to be delivered first. */
bool mim_decode_plan_extend(struct mim_decode_plan *plan, uint64_t capacity);
/* Begin a window at the frame that is due. `capacity`: frames, or canvases, that may be retained. */
void mim_decode_plan_open_window(struct mim_decode_plan *plan, uint64_t capacity);
/* Fewer frames in the next windows than in this one. */
void mim_decode_plan_narrow(struct mim_decode_plan *plan);
/* Visit no more frames, and read on frame by frame. */
void mim_decode_plan_end_window(struct mim_decode_plan *plan);
/* The frame to prepare next, on the way to `selected`. */
struct mim_decode_target mim_decode_plan_next(const struct mim_decode_plan *plan, uint64_t selected, uint64_t *index);
/* The frame is being prepared: go on to the next. */
void mim_decode_plan_advance(struct mim_decode_plan *plan, uint64_t index, const struct mim_decode_target *target);
/* The selected frame does not exist. */
void mim_decode_plan_miss(struct mim_decode_plan *plan, const struct mim_decode_target *target);
/* The work ahead of the frame that is due is dropped. The canvas may have been drawn on, so it is ready for no frame. */
void mim_decode_plan_restart(struct mim_decode_plan *plan);
/* The frame that is due was delivered, or is skipped. */
void mim_decode_plan_deliver(struct mim_decode_plan *plan);
void mim_decode_plan_skip(struct mim_decode_plan *plan);
/* The canvas is ready for no frame: start at a key frame. */
void mim_decode_plan_drop_canvas(struct mim_decode_plan *plan);
/* The sequence ends before the frame that is due: go on with the next run. false: there is none. */
bool mim_decode_plan_end_run(struct mim_decode_plan *plan);
/* A frame is selected by its number alone: it is an error when it does not exist. */
bool mim_decode_plan_is_single(const struct mim_decode_plan *plan);

#endif
