/* SPDX-License-Identifier: MIT */
/* The encoder from inside: a ring of encode frames with a final verdict. */
#ifndef MIM_CORE_PIPELINE_ENCODE_PRIV_H
#define MIM_CORE_PIPELINE_ENCODE_PRIV_H

#include "pipeline/encode-frame.h"
#include "pipeline/encode.h"
#include "pipeline/ring.h"
#include "pipeline/two-pass.h"

struct mim_encoder {
    struct mim_ring ring; /* first: the ring hands it back */
    struct mim_plugin_writer *writer;
    uint64_t expected, added;
    struct mim_frame_info first_info; /* all others must match it */
    bool has_reported_join, has_reported_bits;
    struct mim_encode_timing timing;
    struct mim_two_pass *two_pass; /* NULL: the plugin encodes in one pass */
    bool is_finishing;             /* no more frames come */
    enum mim_status status;        /* final */
    struct mim_error error;
};

extern const struct mim_ring_ops mim_encode_steps;

static inline struct mim_encode_frame *
mim_encoder_frame(const struct mim_encoder *encoder, unsigned i)
{
    return (struct mim_encode_frame *)mim_ring_at(&encoder->ring, i);
}

/* Whether encode() sees the previous frame, and the next. */
static inline bool
mim_encoder_looks_back(const struct mim_encoder *encoder)
{
    return encoder->writer->ops->flags & MIM_WRITER_PREVIOUS;
}

static inline bool
mim_encoder_looks_ahead(const struct mim_encoder *encoder)
{
    return encoder->writer->ops->flags & MIM_WRITER_NEXT;
}

/* Widen the layout of a frame to one that the format has, and to that of all. */
enum mim_status mim_encoder_widen(struct mim_encoder *encoder, struct mim_frame_info *info, struct mim_error *err);
/* Check that the frame may follow those before it. The second frame triggers notices about timing that is lost. */
enum mim_status mim_encoder_check(struct mim_encoder *encoder, const struct mim_frame *frame,
                                  const struct mim_frame_info *info, struct mim_error *err);
/* Serial: the plugin gets the metadata of the frame and chooses its layout. */
enum mim_status mim_encoder_accept(struct mim_encoder *encoder, struct mim_encode_frame *frame, struct mim_error *err);

/* Work until the goal, or until the writer has failed for good. */
enum mim_status mim_encoder_wait_capacity(struct mim_encoder *encoder, struct mim_error *err); /* for another frame */
enum mim_status mim_encoder_wait_accepted(struct mim_encoder *encoder, struct mim_error *err); /* of the newest frame */
enum mim_status mim_encoder_wait_put(struct mim_encoder *encoder, struct mim_error *err);      /* of all frames */
/* Make the failure final, unless there is an earlier one. */
void mim_encoder_give_up(struct mim_encoder *encoder, enum mim_status status, const struct mim_error *error);

#endif
