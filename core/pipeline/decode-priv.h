/* SPDX-License-Identifier: MIT */
/* The decoder from inside: a ring of decode frames with a plan, a canvas, an end and a budget. */
#ifndef MIM_CORE_PIPELINE_DECODE_PRIV_H
#define MIM_CORE_PIPELINE_DECODE_PRIV_H

#include "pipeline/decode-frame.h"
#include "pipeline/decode-plan.h"
#include "pipeline/decode.h"
#include "plugin/reader-calls.h"

/* How many frames may be prepared. */
enum mim_decode_demand {
    MIM_DEMAND_NONE,      /* none: no call is waiting */
    MIM_DEMAND_ONE,       /* the next selected frame: a call waits for it */
    MIM_DEMAND_READ_AHEAD /* frames behind it too, in MIM_RING_SHARED */
};

/* The canvas of a composed sequence, and the frame that was drawn last. */
struct mim_decode_canvas {
    struct mim_canvas pixels;
    struct mim_placement last;       /* of the frame prepared last */
    struct mim_ring_outcome outcome; /* of the frame dropped last, which the next one inherits when it failed */
};

/* Frames decoded before their turn; they hang on the visits of the window. */
struct mim_decode_retained {
    uint64_t bytes, deliveries; /* of frames with pixels, and of parked ones */
    uint64_t frame_bytes;       /* of the frame admitted last; 0: none yet */
    uint64_t picture_bytes;     /* in the packet of the frame prepared last */
};

/* The end of the sequence, or the place where it breaks off. */
struct mim_decode_end {
    bool is_known;
    uint64_t index; /* of the first frame that does not exist */
    enum mim_status status;
    struct mim_error error;
};

struct mim_decoder {
    struct mim_ring ring; /* first: the ring hands it back */
    enum mim_decode_demand demand;
    struct mim_decode_plan plan;
    struct mim_run run; /* selected by mim_decoder_select_run(), as the one run of run_selection */
    struct mim_selection run_selection;
    struct mim_decode_canvas canvas;
    struct mim_decode_end end;
    struct mim_decode_retained retained;
    struct mim_result_budget result;
    struct mim_decode_frame_route route;
    struct mim_plugin_reader plugin;
    struct mim_options *options;
    struct mim_option_table other;
    struct mim_conversion_target target;
    bool wants_metadata;
    struct {
        bool are_left_out;
        uint64_t count;
    } reduced; /* frames with MIM_FRAME_REDUCED */
    struct mim_error damage; /* of the frame that was delivered last */
    struct mim_source *(*source_of)(const void *packet); /* see struct mim_decoder_setup */
    enum mim_status (*advanced)(void *user, struct mim_error *err);
    void *user;
};

extern const struct mim_ring_ops mim_decode_steps;

static inline struct mim_decode_frame *
mim_decoder_frame(const struct mim_decoder *decoder, unsigned i)
{
    return (struct mim_decode_frame *)mim_ring_at(&decoder->ring, i);
}

static inline bool
mim_decoder_is_past_end(const struct mim_decoder *decoder, uint64_t index)
{
    return decoder->end.is_known && index >= decoder->end.index;
}

/* How many frames may be retained depends on their size: look at the first one. */
void mim_decoder_learn_size(struct mim_decoder *decoder);
/* Pause the ring, for what may not overlap with steps, and drop what is in flight. */
void mim_decoder_halt(struct mim_decoder *decoder);
/* The ring is paused: drop what is in flight. The first frame of it is the next again. */
void mim_decoder_drop_all(struct mim_decoder *decoder);

/* The decoder is halted: start anew, with no frame wanted before the next call. */
void mim_decoder_restart(struct mim_decoder *decoder);
/* Deliver a retained frame, and drop it after its last use. */
enum mim_status mim_decoder_deliver_retained(struct mim_decoder *decoder, struct mim_decode_frame *retained,
                                             bool is_last_use, struct mim_frame *to, struct mim_error *err);
/* Deliver the first frame of the ring, which is done. */
enum mim_status mim_decoder_deliver_first(struct mim_decoder *decoder, struct mim_frame *to, struct mim_error *err);

/* Run a step of pixels, without the lock. `err` begins zeroed. */
enum mim_status mim_decoder_decode_part(struct mim_decoder *decoder, unsigned worker, struct mim_ring_step *step,
                                        struct mim_error *err);

/* All the following under the pool's lock, or while the ring is paused. */
bool mim_decoder_has_wanted(const struct mim_decoder *decoder);
/* Drop the first frames that were only drawn on the way and are done. */
void mim_decoder_drop_passed(struct mim_decoder *decoder);
/* Returns the frame that the next serial step fills; NULL: none may be prepared now. */
struct mim_decode_frame *mim_decoder_claim_prepare(struct mim_decoder *decoder);
void mim_decoder_settle_prepare(struct mim_decoder *decoder, struct mim_decode_frame *frame, enum mim_status status);
/* The sequence ends or breaks off at `index`. */
void mim_decoder_note_end(struct mim_decoder *decoder, uint64_t index, enum mim_status status,
                          const struct mim_error *error);
/* The retained frame that is due; NULL: none. */
struct mim_decode_frame *mim_decoder_retained_frame(const struct mim_decoder *decoder, bool *is_last_use);
/* Bytes of working memory of a retained frame. */
uint64_t mim_decoder_bytes_retained_by(const struct mim_decode_frame *frame);
/* Whether a frame that is not due is parked when it is the first, and not decoded until its turn. */
bool mim_decoder_parks(const struct mim_decoder *decoder, const struct mim_decode_frame *frame);
bool mim_decoder_parks_size(const struct mim_decoder *decoder, uint64_t picture_bytes);
bool mim_decoder_is_parked(const struct mim_decode_frame *retained);
/* Move a frame of the ring with its packet. false: no memory. */
bool mim_decoder_park(struct mim_decoder *decoder, struct mim_decode_frame *frame, struct mim_decode_frame *parked);
/* Give up the picture. Caller's thread. */
void mim_decoder_release_parked(struct mim_decoder *decoder, struct mim_decode_frame *parked);
/* Put the next parked frame, in the order of delivery, back into the ring. false: another frame comes first. */
bool mim_decoder_unpark(struct mim_decoder *decoder);
/* It was delivered, by a copy unless it is gone. */
void mim_decoder_use_retained(struct mim_decoder *decoder, bool is_gone);
/* Whether the pixels of a frame, if it is the first, belong to the caller and not to working memory. */
bool mim_decoder_is_callers(const struct mim_decoder *decoder, const struct mim_decode_frame *frame);
/* Whether the first frame, which is done, is delivered from the ring. Otherwise keep it, if there is memory for that. */
bool mim_decoder_is_direct(struct mim_decoder *decoder);
/* Drop the first frame, which is not delivered from the ring. */
void mim_decoder_pass_first(struct mim_decoder *decoder);
/* Give up the frame that is needed last, or the checkpoints. false: nothing is retained, or its delivery makes space. */
bool mim_decoder_make_space(struct mim_decoder *decoder);
void mim_decoder_clear_retained(struct mim_decoder *decoder);
/* Memory is short: pause the ring, drop what is in flight and retained, and keep less from now on. */
void mim_decoder_give_up_retained(struct mim_decoder *decoder);
/* Of frames and checkpoints. */
uint64_t mim_decoder_retained_bytes(const struct mim_decoder *decoder);
/* Look ahead over the selection. false: frames in flight or retained have to be delivered first. */
bool mim_decoder_open_window(struct mim_decoder *decoder);
/* Interrupted or short of memory: not an error of the file, and the same call may succeed later. */
bool mim_decoder_may_retry(enum mim_status status);

#endif
