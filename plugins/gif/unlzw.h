/* SPDX-License-Identifier: MIT */
/* LZW as GIF has it, from coded bytes to indices: a function of memory, in steps, so that a huge picture can be cancelled. */
#ifndef MIM_GIF_UNLZW_H
#define MIM_GIF_UNLZW_H

#include <stddef.h>
#include <stdint.h>

enum { GIF_LZW_CODES = 4096, GIF_LZW_MAX_BITS = 12 };

enum gif_unlzw_verdict {
    GIF_UNLZW_MORE,  /**< the step is done, the picture is not */
    GIF_UNLZW_DONE,  /**< every pixel is there; codes after the last one are not looked at */
    GIF_UNLZW_SHORT, /**< the codes end before the pixels do */
    GIF_UNLZW_BAD    /**< a code that no string has been given to */
};

/**
 * One picture's decoder; about 56 KB, kept by a worker and reused.
 *
 * A string is always the one before it plus one byte, and both lie side by side in what is decoded already: so a code is a
 * place in the output and a length. The first eight bytes also stand in `head`, since most strings are no longer.
 */
struct gif_unlzw {
    struct gif_unlzw_cursor {
        const uint8_t *in;
        uint8_t *out;
        uint64_t bits;
        uint32_t bit_count;
        uint32_t width;    /**< bits of a code by now */
        uint32_t next;     /**< the code that the next string gets */
        uint32_t previous; /**< the code before, GIF_LZW_CODES after a clear */
    } at;
    const uint8_t *in_end;
    uint8_t *start, *out_end;
    uint32_t clear;               /**< the clear code; the end code follows it */
    uint32_t from[GIF_LZW_CODES]; /**< offset in the output: a GIF frame has fewer than 2^32 pixels */
    uint16_t length[GIF_LZW_CODES];
    uint64_t head[GIF_LZW_CODES]; /**< the first byte lowest; bytes past the string's end are anything */
};

/** `code_size` 1 to 8; `coded` is without the lengths of its sub-blocks; both buffers are borrowed. */
void gif_unlzw_start(struct gif_unlzw *decoder, uint32_t code_size, const uint8_t *coded, size_t coded_size,
                     uint8_t *out, size_t out_size);

/** Go on until about `step` more pixels are there. */
enum gif_unlzw_verdict gif_unlzw_run(struct gif_unlzw *decoder, size_t step);

#endif
