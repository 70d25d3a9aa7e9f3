/* SPDX-License-Identifier: MIT */
/* A reader's state. */
#ifndef MIM_CORE_API_READER_PRIV_H
#define MIM_CORE_API_READER_PRIV_H

#include <mim/reader.h>

#include "pipeline/decode.h"
#include "plugin/operation.h"

struct mim_reader {
    struct mim_operation operation;
    struct mim_pool *pool;
    struct mim_decoder *decoder;
    struct mim_series_reading *series; /* NULL: one file */
    const struct mim_plugin *plugin;
    const char *format;
    struct mim_conversion_target target;
    bool wants_metadata;

    struct mim_selection *selection;
    uint64_t total;    /* frames that the selection was resolved for; MIM_UNKNOWN: it did not need them counted */
    bool is_selecting; /* next() follows the selection, else `position` */
    bool is_stepping;  /* read() went back by one, and may go on so */
    uint64_t position; /* the next frame */
    unsigned in_a_row; /* consecutive calls of mim_reader_next() */
    uint64_t delivered;
    uint64_t delivered_before; /* the selection */
    struct mim_meta *meta;
    bool has_meta;
    bool is_limited; /* by mim_reader_limit_result() */
};

/* Delivers the notices of the whole and of one frame; of no frame for MIM_UNKNOWN. */
enum mim_status mim_reader_deliver(struct mim_reader *reader, uint64_t frame, struct mim_error *err);
/* Prefix the error with the file's name, and return the status. */
enum mim_status mim_reader_name_file(const struct mim_reader *reader, enum mim_status status, struct mim_error *err);
/* Whether the sequence is known to have no frame `i`. */
bool mim_reader_is_past_end(const struct mim_reader *reader, uint64_t i);
enum mim_status mim_reader_fail_no_frame(const struct mim_reader *reader, uint64_t i, struct mim_error *err);
/* Whether the selected frames come in their order in the sequence, each once. */
bool mim_reader_is_forward(const struct mim_reader *reader);
/* Before the first frame: frames go to a format whose players ignore the aspect of samples. */
void mim_reader_make_square(struct mim_reader *reader);
/* The decoder must not use the selection any more. */
void mim_reader_clear_selection(struct mim_reader *reader);

#endif
