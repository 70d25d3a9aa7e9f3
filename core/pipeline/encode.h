/* SPDX-License-Identifier: MIT */
/* The writing pipeline: accepts in order, converts and encodes on any thread, writes in order. */
#ifndef MIM_CORE_PIPELINE_ENCODE_H
#define MIM_CORE_PIPELINE_ENCODE_H

#include <mim/frame.h>

#include "plugin/writer-calls.h"

struct mim_encoder;
struct mim_pool;

/* `writer` outlives the encoder. `count`: see mim_encoder_expect(). */
enum mim_status mim_encoder_create(struct mim_encoder **out, struct mim_plugin_writer *writer, struct mim_pool *pool,
                                   uint64_t count, struct mim_error *err);
void mim_encoder_destroy(struct mim_encoder *encoder);

/* Set the expected number of frames, before the first. */
void mim_encoder_expect(struct mim_encoder *encoder, uint64_t count);

/* Takes the frame and zeroes it, also on failure. The first failure is final. */
enum mim_status mim_encoder_add(struct mim_encoder *encoder, struct mim_frame *frame, struct mim_error *err);
/* Write what is left and finish the plugin. */
enum mim_status mim_encoder_finish(struct mim_encoder *encoder, struct mim_error *err);
/* The caller failed: final as well, unless an earlier frame fails. */
enum mim_status mim_encoder_fail(struct mim_encoder *encoder, enum mim_status status, const struct mim_error *error,
                                 struct mim_error *err);
enum mim_status mim_encoder_status(const struct mim_encoder *encoder, struct mim_error *err);
/* Frames added, and those of them before the one that failed. */
uint64_t mim_encoder_count(const struct mim_encoder *encoder);
uint64_t mim_encoder_sound_count(const struct mim_encoder *encoder);
/* Upper bound of frames between adding and writing, with any number of threads. */
#define MIM_MAX_IN_FLIGHT 64

#endif
