/* SPDX-License-Identifier: MIT */
/* The output file: header, global colour table, coded frames, trailer. */
#ifndef MIM_GIF_STREAM_H
#define MIM_GIF_STREAM_H

#include <stdbool.h>

#include <mim/kit/array.h>

#include "write/coded-frame.h"
#include "write/shared-table.h"

/* Source of the global colour table. */
enum gif_table_kind {
    GIF_TABLE_SHARED, /* the colours of the first frames, which stay pending until it is known */
    GIF_TABLE_NONE,
    GIF_TABLE_FIRST
};

/* The caller sets the first group of fields and zeroes the rest. */
struct gif_stream {
    uint32_t width, height;
    enum gif_table_kind kind;
    int64_t plays; /* in total, 0: for ever; 1 is stored as no loop block */
    uint8_t aspect; /* of samples, as stored; 0: none */
    const char *comment;
    struct mim_bytes xmp; /* a packet; empty: none */

    bool is_started;                /* the header has been emitted */
    struct gif_shared_table table;  /* chosen when the file starts; before, all colours that fit */
    uint8_t *pending;               /* a list of frames; NULL: none */
    uint64_t pending_size, capacity;
};

/* `is_picture`: a single frame, which is never pending. */
int32_t gif_stream_open(struct mim_job *job, struct gif_stream *stream, bool is_picture);

/* Add a frame coded by gif_encode_frame(). Status of emit, as for gif_stream_end(). */
int32_t gif_stream_add(struct mim_job *job, struct gif_stream *stream, const uint8_t *frame, uint64_t size);

/* Emit the pending frames and the trailer. */
int32_t gif_stream_end(struct mim_job *job, struct gif_stream *stream);

void gif_stream_close(struct mim_job *job, struct gif_stream *stream);

#endif
