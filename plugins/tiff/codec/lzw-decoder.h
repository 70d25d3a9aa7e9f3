/* SPDX-License-Identifier: MIT */
/* LZW decoding as in TIFF 5.0 and later: most significant bit first, codes widened one code early. */
#ifndef MIM_TIFF_CODEC_LZW_DECODER_H
#define MIM_TIFF_CODEC_LZW_DECODER_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum { TIFF_LZW_ENTRIES = 4096 + 8 };

/*
 * About 33 KB, kept by a worker and reused.
 *
 * Each string is the one before it plus the next byte, and both are adjacent in the output. An entry is therefore an
 * offset from the start of the output, times 2^16, plus a length.
 */
struct tiff_lzw_decoder {
    int64_t entries[TIFF_LZW_ENTRIES];
    uint8_t letters[256 + 8]; /* strings of one byte, which need not occur in the output */
};

/* Returns true when `out` is filled; the rest of `coded` is ignored. Returns false for damaged, short, old-style or
 * doubtful data, which libtiff has to judge; the contents of `out` are undefined then. */
bool tiff_lzw_decode(struct tiff_lzw_decoder *decoder, const uint8_t *coded, size_t coded_size, uint8_t *out,
                     size_t out_size);

#endif
