/* SPDX-License-Identifier: MIT */
/* Tracks code widths as a decoder does, and replaces the codes of single indices in place. */
#include "lzw/relabel.h"

enum { BLOCK = 255, MAX_WIDTH = 12, CODE_BYTES = 3 };

/* All sub-blocks but the last are full. */
static uint8_t *
payload_byte(uint8_t *blocks, uint64_t at)
{
    return blocks + at / BLOCK * (BLOCK + 1) + 1 + at % BLOCK;
}

static uint32_t
load_bits(uint8_t *blocks, uint64_t at, uint64_t size)
{
    uint32_t bits = 0;

    for (uint32_t i = 0; i < CODE_BYTES && at + i < size; i++)
        bits |= (uint32_t)*payload_byte(blocks, at + i) << 8 * i;
    return bits;
}

static void
store_bits(uint8_t *blocks, uint64_t at, uint64_t size, uint32_t bits)
{
    for (uint32_t i = 0; i < CODE_BYTES && at + i < size; i++)
        *payload_byte(blocks, at + i) = bits >> 8 * i;
}

void
gif_relabel(uint8_t *coded, uint64_t size, const uint8_t *to)
{
    uint32_t code_size = coded[0], clear = 1U << code_size, width = code_size + 1, next = clear + 1, code = clear;
    uint8_t *blocks = coded + 1;
    uint64_t whole = (size - 2) / (BLOCK + 1), rest = (size - 2) % (BLOCK + 1);
    uint64_t bytes = whole * BLOCK + (rest ? rest - 1 : 0);

    for (uint64_t bit = 0; code != clear + 1 && bit + width <= 8 * bytes;) {
        uint32_t bits = load_bits(blocks, bit / 8, bytes), shift = bit % 8, mask = (1U << width) - 1;
        code = bits >> shift & mask;
        if (code < clear)
            store_bits(blocks, bit / 8, bytes, (bits & ~(mask << shift)) | (uint32_t)to[code] << shift);
        bit += width;
        next = code == clear ? clear + 1 : next + 1;
        width = code == clear ? code_size + 1 : width;
        if (next == 1U << width && width < MAX_WIDTH)
            width++;
    }
}
