/* SPDX-License-Identifier: MIT */
/* Tables that decode the Huffman codes of deflate (RFC 1951). */
#ifndef MIM_PNG_CODE_TABLE_H
#define MIM_PNG_CODE_TABLE_H

#include <stdbool.h>
#include <stdint.h>

/*
 * An entry, found by the next bits of the stream:
 *   bits 0 to 5    the length of its codes: so many bits are used up
 *   bits 6 and 7   how many literals it has, 1 to 3, in bits 8 to 31 from the lowest on; if none:
 *   bits 8 and 9   enum pngx_code_kind
 *   bits 10 to 14  how many further bits are added to the base, or index the subtable
 *   bits 16 to 31  the base, or the start of the subtable
 */
enum pngx_code_kind { PNGX_CODE_INVALID, PNGX_CODE_BASE, PNGX_CODE_SUBTABLE, PNGX_CODE_END };

enum {
    PNGX_LITERAL_BITS = 11, /* index the table; longer codes go on in a subtable */
    PNGX_DISTANCE_BITS = 8,
    PNGX_LENGTH_BITS = 7,
    PNGX_LITERAL_SYMBOLS = 288,
    PNGX_DISTANCE_SYMBOLS = 32,
    PNGX_LENGTH_SYMBOLS = 19,
    PNGX_LITERAL_ENTRIES = 2342, /* the most that any code needs, as enumerated by zlib's examples/enough.c */
    PNGX_DISTANCE_ENTRIES = 402,
    PNGX_LENGTH_ENTRIES = 128
};

static inline uint32_t
pngx_code_length(uint32_t entry)
{
    return entry & 63;
}

static inline uint32_t
pngx_code_literals(uint32_t entry)
{
    return entry >> 6 & 3;
}

static inline uint32_t
pngx_code_kind(uint32_t entry)
{
    return entry >> 8 & 3;
}

static inline uint32_t
pngx_code_extra(uint32_t entry)
{
    return entry >> 10 & 31;
}

static inline uint32_t
pngx_code_base(uint32_t entry)
{
    return entry >> 16;
}

/*
 * Make tables of the code lengths of all symbols. Return false for codes that are not complete, except for a single
 * code of one bit, and for no codes at all if they are distances.
 */
bool pngx_literal_table(uint32_t table[PNGX_LITERAL_ENTRIES], const uint8_t lengths[PNGX_LITERAL_SYMBOLS]);
bool pngx_distance_table(uint32_t table[PNGX_DISTANCE_ENTRIES], const uint8_t lengths[PNGX_DISTANCE_SYMBOLS]);
/* The code of the code lengths themselves: the base of an entry is the symbol. */
bool pngx_length_table(uint32_t table[PNGX_LENGTH_ENTRIES], const uint8_t lengths[PNGX_LENGTH_SYMBOLS]);

#endif
