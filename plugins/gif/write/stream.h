/* SPDX-License-Identifier: MIT */
/* The file from its first byte to its last: header, colour table of all, coded frames. */
#ifndef MIM_GIF_STREAM_H
#define MIM_GIF_STREAM_H

#include <stdbool.h>

#include <mim/plugin.h>

#include "palette/colour-set.h"
#include "write/coded-frame.h"

/** How the file's own colour table comes about. */
enum gif_table_kind {
    GIF_TABLE_SHARED, /**< from those of the first frames, which are held back meanwhile */
    GIF_TABLE_NONE,
    GIF_TABLE_FIRST
};

/** The caller sets the first part, the rest is zero. */
struct gif_stream {
    uint32_t width, height;
    enum gif_table_kind kind;
    int64_t plays; /**< 1: no block says so */
    const char *comment;

    bool is_started; /**< the header is out */
    uint32_t bits;   /**< of the table, as an exponent; 0: no frame yet, or no table */
    uint32_t count;
    uint32_t keys[GIF_COLOURS_MAX]; /**< 0xRRGGBB; GIF_TRANSPARENT: the transparent entry */
    uint8_t table[GIF_TABLE_MAX];   /**< as it stands in the file */
    uint8_t *pending;               /**< frames, before each its size; later one frame; NULL: none */
    uint64_t pending_size, capacity;
};

/** `is_picture`: one frame alone, of which nothing is held back. NOMEM, of the host's memory. */
int32_t gif_stream_open(struct mim_job *job, struct gif_stream *stream, bool is_picture);

/** Add what gif_encode_frame() made. The status of emit; so the next. */
int32_t gif_stream_add(struct mim_job *job, struct gif_stream *stream, const uint8_t *frame, uint64_t size);

/** Emit what is held, and the trailer. */
int32_t gif_stream_end(struct mim_job *job, struct gif_stream *stream);

void gif_stream_close(struct mim_job *job, struct gif_stream *stream);

#endif
