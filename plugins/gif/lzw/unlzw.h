/* SPDX-License-Identifier: MIT */
/* GIF's LZW decoder: from codes to indices, in steps between which a caller may stop. */
#ifndef MIM_GIF_UNLZW_H
#define MIM_GIF_UNLZW_H

#include <stddef.h>
#include <stdint.h>

enum { GIF_LZW_CODES = 4096, GIF_LZW_MAX_BITS = 12 };

enum gif_unlzw_verdict {
    GIF_UNLZW_MORE,  /* the step is done, the image is not */
    GIF_UNLZW_DONE,  /* all pixels are decoded; remaining codes are ignored */
    GIF_UNLZW_SHORT, /* the codes end before the pixels do */
    GIF_UNLZW_BAD    /* a code without a string */
};

/*
 * State of the decoder, about 32 KB. Reused from image to image.
 *
 * A string is an earlier string plus the byte that followed it in the output. So an entry is an offset in the output
 * and a length, packed into one word. It is added as soon as the earlier string is copied; its last byte is decoded
 * with the next code.
 */
struct gif_unlzw {
    struct gif_unlzw_cursor {
        const uint8_t *in;
        uint8_t *out;
        uint64_t bits; /* lowest bit first; bits above `bit_count` are undefined until the next refill */
        uint32_t bit_count;
        uint32_t width; /* current code width in bits */
        uint32_t last;  /* code of the last added string, whose last byte is not decoded yet */
        uint32_t limit; /* the code at which codes grow wider or the table is full */
        uint32_t clear; /* the clear code; the end code is the next one */
        const uint8_t *in_end;
        uint8_t *start, *out_end;
    } at;
    uint64_t entries[GIF_LZW_CODES + 2]; /* output offset << 16 | length - 1; the last two are never looked up */
};

/*
 * Start an image. `code_size` is 1 to 12; indices are the low 8 bits of literal codes. `coded` has no sub-block lengths,
 * `out_size` is below 2^32. Borrows both buffers.
 */
void gif_unlzw_start(struct gif_unlzw *decoder, uint32_t code_size, const uint8_t *coded, size_t coded_size,
                     uint8_t *out, size_t out_size);

/* Decode about `step` more pixels. */
enum gif_unlzw_verdict gif_unlzw_run(struct gif_unlzw *decoder, size_t step);

#endif
