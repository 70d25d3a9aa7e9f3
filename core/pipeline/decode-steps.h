/* SPDX-License-Identifier: MIT */
/* The reading pipeline from inside: what is in flight, and the steps that threads claim. */
#ifndef MIM_CORE_PIPELINE_DECODE_STEPS_H
#define MIM_CORE_PIPELINE_DECODE_STEPS_H

#include "pipeline/decode-frame.h"
#include "pipeline/decode.h"
#include "pipeline/keyframes.h"
#include "pipeline/pool.h"
#include "plugin/operation.h"
#include "plugin/reader-calls.h"

struct mim_decoder {
    struct mim_pool_client client; /* first: the pool hands it back */
    struct mim_pool *pool;
    struct mim_plugin_reader plugin;
    struct mim_options *options;
    struct mim_option_table other;
    struct mim_conversion_target target;
    struct mim_canvas canvas;
    struct mim_decode_frame_route route;
    bool wants_metadata, is_composed, is_attached;
    struct mim_source *(*source_of)(const void *packet); /* see struct mim_decoder_setup */

    const struct mim_selection *selection;
    struct mim_run run; /* of frame-by-frame reading, which is the selection by_frame */
    struct mim_selection by_frame;
    struct mim_cursor cursor; /* of the next frame to prepare */
    struct mim_keyframes keyframes;
    uint64_t canvas_next;          /* the frame that the canvas is ready for; MIM_UNKNOWN: none, start anew */
    struct mim_placement last;     /* where the frame before was */
    enum mim_status canvas_status; /* of the frame before: what is drawn over a damaged one is damaged */
    bool canvas_is_refused;
    struct mim_error canvas_error;

    struct mim_decode_frame *frames; /* a ring */
    unsigned frame_count, first, used, capacity;
    bool is_serial_busy, is_paused;
    bool demand;       /* the caller waits for a frame */
    bool read_ahead;   /* frames behind it may be worked on, also when nobody waits */
    bool is_exclusive; /* one frame on the caller's thread alone: it was refused memory */

    bool has_ended; /* from end_index on there is only this status */
    uint64_t end_index;
    enum mim_status end_status;
    struct mim_error end_error;

    struct mim_pool_pace pace;
    struct mim_result_budget result;
};

static inline struct mim_decoder *
mim_decoder_of(struct mim_pool_client *client)
{
    return (struct mim_decoder *)client;
}

static inline struct mim_decode_frame *
mim_decoder_frame(struct mim_decoder *decoder, unsigned i)
{
    return &decoder->frames[(decoder->first + i) % decoder->frame_count];
}

static inline bool
mim_decoder_any_order(const struct mim_decoder *decoder)
{
    return decoder->plugin.ops->flags & MIM_READER_ANY_ORDER;
}

/* Steps for the pool. */
struct mim_pool_client mim_decoder_client(void);

/* Until resume no step starts, and none is running. */
void mim_decoder_pause(struct mim_decoder *decoder);
void mim_decoder_resume(struct mim_decoder *decoder);
/* Steps are paused: forget what is in flight. The first frame of it is the next again; the canvas, half drawn on, is not
 * ready for it. */
void mim_decoder_drop_all(struct mim_decoder *decoder);
/* Pause, for what may not overlap with steps, and with nothing in flight. */
void mim_decoder_halt(struct mim_decoder *decoder);

/* All the following under the pool's lock, or with steps paused. */
bool mim_decoder_has_wanted(struct mim_decoder *decoder);
/* Give back the first frame, or all that were only composed on the way. */
void mim_decoder_drop_first(struct mim_decoder *decoder);
void mim_decoder_drop_passed(struct mim_decoder *decoder);
/* The sequence breaks off at `index`, or ends: from now on that is the answer. */
void mim_decoder_note_end(struct mim_decoder *decoder, uint64_t index, enum mim_status status,
                          const struct mim_error *error);
/* The job was interrupted or short of memory: the same may do another time. */
bool mim_decoder_may_do_again(enum mim_status status);

#endif
