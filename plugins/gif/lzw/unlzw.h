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
 * One picture's decoder; about 32 KB, kept by a worker and reused.
 *
 * A string is always the one before it plus one byte, and both lie side by side in what is decoded already: so a code is a
 * place in the output and a length, both in one word. A string is entered when the one before it is copied: its end comes
 * to be with the next code.
 */
struct gif_unlzw {
    struct gif_unlzw_cursor {
        const uint8_t *in;
        uint8_t *out;
        uint64_t bits; /**< the next one lowest; above `bit_count` may stand some that the next refill brings again */
        uint32_t bit_count;
        uint32_t width; /**< of a code by now, in bits */
        uint32_t last;  /**< the code of the string entered last, which is still without its end */
        uint32_t limit; /**< the last code before codes grow wider, or the table is full */
        uint32_t clear; /**< the clear code; the end code follows it */
        const uint8_t *in_end;
        uint8_t *start, *out_end;
    } at;
    uint64_t entries[GIF_LZW_CODES + 1]; /**< offset in the output << 16 | length - 1; the last is never asked for */
};

/** `code_size` 1 to 8; `coded` is without the lengths of its sub-blocks; both buffers are borrowed; `out_size` < 2^32. */
void gif_unlzw_start(struct gif_unlzw *decoder, uint32_t code_size, const uint8_t *coded, size_t coded_size,
                     uint8_t *out, size_t out_size);

/** Go on until about `step` more pixels are there. */
enum gif_unlzw_verdict gif_unlzw_run(struct gif_unlzw *decoder, size_t step);

#endif
