/* SPDX-License-Identifier: MIT */
/* What a file says before its pixels, and the state of its reader. */
#ifndef MIM_WEBP_HEADER_H
#define MIM_WEBP_HEADER_H

#include <stdbool.h>

#include "read/chunks.h"

enum { WEBP_SPAN_ICC, WEBP_SPAN_EXIF, WEBP_SPAN_XMP, WEBP_SPANS };

/* Where the search for a frame begins, and what is known of it before. */
struct webp_mark {
    uint64_t offset;
    int64_t pts;
    bool is_blank; /* the canvas is clear */
};

struct webp_reader {
    int32_t raw, stream, orients; /* options */
    struct mim_window window;
    uint64_t end;        /* of the file, by its own account */
    bool is_extended, is_animation, is_stream;
    bool is_walked;      /* all chunks are known */
    bool is_end_reported;
    bool is_cut;         /* the file ends inside the last frame */
    uint8_t orientation; /* applied to a picture: 2 to 8, else 0 or 1 */
    uint32_t width, height; /* canvas, if extended */
    uint8_t background[4];  /* blue, green, red, alpha */
    int32_t loop;
    struct webp_chunk spans[WEBP_SPANS]; /* metadata; type 0: none is known */
    struct webp_mark *marks;             /* of frames 0, 1, ...: at least one after open */
    uint64_t mark_count, mark_capacity;
};

/* Read the chunks before the first frame. */
int32_t webp_header_read(struct mim_job *job, struct webp_reader *self);

/* Find the chunk at `*at`, remember it if it is metadata, and move `*at` behind it. Like webp_chunk_find(). */
int32_t webp_header_next(struct mim_job *job, struct webp_reader *self, uint64_t *at, struct webp_chunk *chunk);

/* Append a mark. MIM_NOMEM. */
int32_t webp_header_mark(struct mim_job *job, struct webp_reader *self, struct webp_mark mark);

/* Free what the state holds. */
void webp_header_close(struct mim_job *job, struct webp_reader *self);

#endif
