/* SPDX-License-Identifier: MIT */
/* Decompresses deflate (RFC 1951) piece by piece, faster than zlib. Bytes that zlib might refuse are left to zlib. */
#ifndef MIM_PNG_INFLATER_H
#define MIM_PNG_INFLATER_H

#include <stddef.h>

#include "read/code-table.h"

enum {
    PNGX_HISTORY = 32 * 1024, /* matches begin at most so many bytes before */
    PNGX_INPUT_PADDING = 640, /* zeros after the last input, readable bytes after other input */
    PNGX_OUTPUT_MARGIN = 320  /* writable bytes after the end of the output */
};

enum pngx_inflate_result {
    PNGX_INFLATE_INPUT,  /* more input is needed, and not all of it was used */
    PNGX_INFLATE_OUTPUT, /* the output is full */
    PNGX_INFLATE_DONE,
    PNGX_INFLATE_BROKEN
};

/* The caller sets the pointers and may move the bytes between calls. Zeroed = before the first block. */
struct pngx_inflater {
    const uint8_t *in, *in_end; /* input that is not used yet */
    bool is_last;               /* there is no input after in_end */
    const uint8_t *history;     /* first byte of the output that matches may use */
    uint8_t *out, *out_end;     /* the next byte of the output, and where it is full; out may exceed out_end */
    size_t window;              /* the longest distance */

    int32_t (*step)(struct pngx_inflater *self); /* private from here on; NULL: between blocks */
    uint64_t bits;
    uint32_t bit_count;
    uint32_t stored; /* bytes left in a stored block */
    bool is_final;   /* this block is the last one */
    bool is_fixed;   /* the tables are those of fixed codes */
    uint32_t literals[PNGX_LITERAL_ENTRIES];
    uint32_t distances[PNGX_DISTANCE_ENTRIES];
};

/* Decompress until input or output runs out. The bytes made before BROKEN are not all in the output. */
enum pngx_inflate_result pngx_inflate_some(struct pngx_inflater *self);

#endif
