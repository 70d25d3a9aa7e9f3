/* SPDX-License-Identifier: MIT */
/* The writing pipeline from inside: what is in flight, and the steps that threads claim. */
#ifndef MIM_CORE_PIPELINE_ENCODE_STEPS_H
#define MIM_CORE_PIPELINE_ENCODE_STEPS_H

#include "pipeline/encode-frame.h"
#include "pipeline/encode.h"
#include "pipeline/pool.h"
#include "pipeline/two-pass.h"

struct mim_encoder {
    struct mim_pool_client client; /* first: the pool hands it back */
    struct mim_pool *pool;
    struct mim_plugin_writer *writer;
    uint64_t expected, added;
    struct mim_frame_info first_info; /* that all others must match */
    struct mim_encode_timing clock;
    struct mim_two_pass *two_pass; /* a first pass over all frames is under way */

    struct mim_encode_frame *frames; /* a ring */
    unsigned frame_count, first, used;
    bool is_attached, is_serial_busy, is_finishing;
    bool is_exclusive; /* one frame on the caller's thread alone: it was refused memory */

    enum mim_status status; /* final */
    struct mim_error error;
    struct mim_pool_pace pace;
};

static inline struct mim_encoder *
mim_encoder_of(struct mim_pool_client *client)
{
    return (struct mim_encoder *)client;
}

static inline struct mim_encode_frame *
mim_encoder_frame(struct mim_encoder *encoder, unsigned i)
{
    return &encoder->frames[(encoder->first + i) % encoder->frame_count];
}

/* Steps for the pool. */
struct mim_pool_client mim_encoder_client(void);

/* Does encode() see the frame before? */
bool mim_encoder_looks_back(const struct mim_encoder *encoder);
/* Frames that one encode() needs at once: these are held whatever the ceiling. */
unsigned mim_encoder_min_capacity(const struct mim_encoder *encoder);
/* A serial step, also of the first pass: the plugin sees the frame's metadata and says how it wants it. */
enum mim_status mim_encoder_accept(struct mim_encoder *encoder, struct mim_encode_frame *frame, struct mim_error *err);

/* The following under the pool's lock, or when nothing runs. */
void mim_encoder_charge(struct mim_encoder *encoder);
void mim_encoder_drop_first(struct mim_encoder *encoder);

#endif
