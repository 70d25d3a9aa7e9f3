/* SPDX-License-Identifier: MIT */
/* LZW as TIFF has it since 5.0: most significant bit first, codes that widen one early. A function of memory. */
#ifndef MIM_TIFF_UNLZW_H
#define MIM_TIFF_UNLZW_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum { TIFF_LZW_ENTRIES = 4096 + 8 };

/**
 * One strip's decoder; about 33 KB, kept by a worker and reused.
 *
 * A string is always the one before it plus the byte that follows, and both lie side by side in what is decoded
 * already. So a code is a place and a length, in one word: where it starts, counted from the output's start,
 * times 2^16, plus its length.
 */
struct tiff_lzw_decoder {
    int64_t entries[TIFF_LZW_ENTRIES];
    uint8_t letters[256 + 8]; /**< the strings of one byte, which lie nowhere in the output */
};

/**
 * True: all of `out` is decoded, and what follows in `coded` was not looked at. False: damaged, too short, of the
 * old kind, or such that only libtiff knows; `out` holds anything then.
 */
bool tiff_lzw_decode(struct tiff_lzw_decoder *decoder, const uint8_t *coded, size_t coded_size, uint8_t *out,
                     size_t out_size);

#endif
