/* SPDX-License-Identifier: MIT */
/* The reading pipeline: prepare in order, pixels on any thread, compose in bands, deliver in order. */
#ifndef MIM_CORE_PIPELINE_DECODE_H
#define MIM_CORE_PIPELINE_DECODE_H

#include <mim/frame.h>
#include <mim/options.h>

#include "frame/conversion.h"
#include "pipeline/selection.h"
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
    /* NULL: all frames come from operation->source. Else each has a source of its own, this one of a prepared packet: what is wrong with
     * one is not the end of the sequence, and only the caller's thread prepares. */
    struct mim_source *(*source_of)(const void *packet);
};

/* Opens the plugin on operation->source: facts of the sequence are known afterwards. */
enum mim_status mim_decoder_open(struct mim_decoder **out, const struct mim_decoder_setup *setup,
                                 struct mim_error *err);
void mim_decoder_close(struct mim_decoder *decoder);

const struct mim_sequence *mim_decoder_sequence(const struct mim_decoder *decoder);
/* Metadata of the whole into `meta`. */
enum mim_status mim_decoder_metadata(struct mim_decoder *decoder, struct mim_meta *meta, struct mim_error *err);

/* From now on deliver these frames. The selection is borrowed. */
void mim_decoder_select(struct mim_decoder *decoder, const struct mim_selection *selection);

/* The same for `count` frames from `first` on; MIM_UNKNOWN: all that follow. */
void mim_decoder_set_range(struct mim_decoder *decoder, uint64_t first, uint64_t count);

/* The next selected frame, `read_ahead`: others may be worked on meanwhile. END past the last; RANGE when the selection names a
 * frame that does not exist. After an error the same frame is next. */
enum mim_status mim_decoder_next(struct mim_decoder *decoder, bool read_ahead, struct mim_frame *frame,
                                 struct mim_error *err);

/* After an error: the frame that failed is passed over, of a sequence whose frames stand apart. */
void mim_decoder_skip(struct mim_decoder *decoder);

/* Shape and timing of frame i as it would be delivered, without pixels. END past the last. */
enum mim_status mim_decoder_info(struct mim_decoder *decoder, uint64_t i, struct mim_frame_info *info,
                                 struct mim_error *err);

/* Metadata of frame i without decoding it. */
enum mim_status mim_decoder_frame_metadata(struct mim_decoder *decoder, uint64_t i, struct mim_meta *meta,
                                           struct mim_error *err);

/* Count by scan(), or by preparing all that is left. `count` is set also when that fails: frames before the damage. */
enum mim_status mim_decoder_count(struct mim_decoder *decoder, uint64_t *count, struct mim_error *err);

/* The frames are for keeping, and all together may have so many packed bytes; checked before a frame's memory is taken. */
void mim_decoder_limit_result(struct mim_decoder *decoder, uint64_t bytes);

#endif
