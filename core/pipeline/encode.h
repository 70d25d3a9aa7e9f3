/* SPDX-License-Identifier: MIT */
/* The writing pipeline: accept in order, convert and encode on any thread, put in order. */
#ifndef MIM_CORE_PIPELINE_ENCODE_H
#define MIM_CORE_PIPELINE_ENCODE_H

#include <mim/frame.h>

#include "plugin/writer-calls.h"

struct mim_encoder;
struct mim_pool;

/* `writer` is created, and outlives the encoder. */
enum mim_status mim_encoder_create(struct mim_encoder **out, struct mim_plugin_writer *writer, struct mim_pool *pool,
                                   uint64_t count, struct mim_error *err);
void mim_encoder_destroy(struct mim_encoder *encoder);

/* So many frames will come. Before the first. */
void mim_encoder_expect(struct mim_encoder *encoder, uint64_t count);

/* Take the frame over; it is zeroed, also on failure. The first failure is final. */
enum mim_status mim_encoder_add(struct mim_encoder *encoder, struct mim_frame *frame, struct mim_error *err);
/* All that was added is put, the plugin has finished. */
enum mim_status mim_encoder_finish(struct mim_encoder *encoder, struct mim_error *err);
/* What the caller cannot go on from is final, too; unless a frame before it has failed. */
enum mim_status mim_encoder_fail(struct mim_encoder *encoder, enum mim_status status, const struct mim_error *error,
                                 struct mim_error *err);
enum mim_status mim_encoder_status(const struct mim_encoder *encoder, struct mim_error *err);
/* Frames added; and of these, those before the one that failed. */
uint64_t mim_encoder_count(const struct mim_encoder *encoder);
uint64_t mim_encoder_sound_count(const struct mim_encoder *encoder);
/* No more frames than these are between adding and writing, however many threads work. */
#define MIM_MAX_IN_FLIGHT 64

#endif
