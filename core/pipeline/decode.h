/* SPDX-License-Identifier: MIT */
/* The reading pipeline: prepares in order, decodes on any thread, composes in bands, delivers in order. */
#ifndef MIM_CORE_PIPELINE_DECODE_H
#define MIM_CORE_PIPELINE_DECODE_H

#include <mim/frame.h>
#include <mim/options.h>

#include "frame/conversion.h"
#include "pipeline/selection.h"
#include "plugin/offers.h"
#include "plugin/operation.h"

struct mim_decoder;
struct mim_pool;

struct mim_decoder_setup {
    struct mim_operation *operation; /* outlives the decoder */
    struct mim_pool *pool;
    const struct mim_reader_ops *ops;
    const struct mim_option_table *other; /* the writer's options, for messages */
    const struct mim_options *options;
    const char *format;
    struct mim_conversion_target target;
    bool wants_metadata;
    bool has_rival; /* another plugin may read a file whose first frame this one does not support */
    /* On the caller's thread: a frame was decoded before its turn. An error ends the call that waits. */
    enum mim_status (*advanced)(void *user, struct mim_error *err);
    void *user;
    /* Returns the source of a prepared packet, when every frame has a source of its own. Then an error in one frame does not
     * end the sequence, and only the caller's thread prepares. NULL: all frames come from operation->source. */
    struct mim_source *(*source_of)(const void *packet);
};

/* Open the plugin on operation->source and read the facts of the sequence. */
enum mim_status mim_decoder_open(struct mim_decoder **out, const struct mim_decoder_setup *setup,
                                 struct mim_error *err);
void mim_decoder_close(struct mim_decoder *decoder);

/* Forget a frame that was prepared before flags of the host changed. Before the first delivery. */
void mim_decoder_drop_ahead(struct mim_decoder *decoder);

const struct mim_sequence *mim_decoder_sequence(const struct mim_decoder *decoder);
/* Metadata of the whole sequence. */
enum mim_status mim_decoder_metadata(struct mim_decoder *decoder, struct mim_meta *meta, struct mim_error *err);

/* What the source has besides; the caller may take it. */
struct mim_offers *mim_decoder_offers(struct mim_decoder *decoder);

/* Deliver these frames from now on. The selection is borrowed. */
void mim_decoder_select(struct mim_decoder *decoder, const struct mim_selection *selection);

void mim_decoder_select_run(struct mim_decoder *decoder, const struct mim_run *run);
/* The selected frame that is delivered next; false: past the last. */
bool mim_decoder_due(const struct mim_decoder *decoder, uint64_t *index);
/* Deliveries for which frames are decoded and wait for their turn. */
uint64_t mim_decoder_retained(struct mim_decoder *decoder);

/* Deliver the next selected frame. With `read_ahead`, threads go on with the frames behind it. END past the last; RANGE when
 * the selection names a frame that does not exist. After an error the same frame is next. */
enum mim_status mim_decoder_next(struct mim_decoder *decoder, bool read_ahead, struct mim_frame *frame,
                                 struct mim_error *err);

/* MIM_OK, or the damage because of which the frame that was delivered last lacks pixels. */
enum mim_status mim_decoder_damage(const struct mim_decoder *decoder, struct mim_error *err);

/* From now on leave out frames with MIM_FRAME_REDUCED. false: the plugin has none. */
bool mim_decoder_leave_out_reduced(struct mim_decoder *decoder);
/* How many frames were left out. */
uint64_t mim_decoder_left_out(const struct mim_decoder *decoder);
/* After an error: skip the frame that failed. For sequences that are not composed. */
void mim_decoder_skip(struct mim_decoder *decoder);

/* Shape and timing of frame i as delivered, without its pixels. END past the last. */
enum mim_status mim_decoder_info(struct mim_decoder *decoder, uint64_t i, struct mim_frame_info *info,
                                 struct mim_error *err);

/* Metadata of frame i without decoding it. */
enum mim_status mim_decoder_frame_metadata(struct mim_decoder *decoder, uint64_t i, struct mim_meta *meta,
                                           struct mim_error *err);

/* Count by scan(), or by preparing frame after frame. On failure `count` has the frames before the damage. */
enum mim_status mim_decoder_count(struct mim_decoder *decoder, uint64_t *count, struct mim_error *err);

/* Limit the packed bytes of all frames from now on together, for a caller that keeps them. MIM_NO_LIMIT: no longer. */
void mim_decoder_limit_result(struct mim_decoder *decoder, uint64_t bytes);
/* Before the first frame: the caller keeps all of them, so none returns its memory. */
void mim_decoder_expect_result(struct mim_decoder *decoder);

#endif
