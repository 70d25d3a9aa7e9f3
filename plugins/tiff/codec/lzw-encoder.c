/* SPDX-License-Identifier: MIT */
/* LZW encoding (TIFF 6.0, section 13): codes of 9 to 12 bits, highest bit first, widened one code early. */
#include "codec/lzw-encoder.h"

#include <endian.h>
#include <string.h>

enum { CLEAR = 256, END = 257, FIRST = 258, FULL = 4094, MIN_WIDTH = 9 };

#define FREE UINT32_MAX /* a slot is prefix, byte and, in the lowest 12 bits, code; no prefix is that large */

struct bits {
    uint8_t *to;
    uint64_t pending; /* the lowest `count` bits are not written yet */
    unsigned count;
};

size_t
tiff_lzw_bound(size_t size)
{
    return size + size / 2 + size / 512 + 32; /* at worst 12 bits a byte, and a clear code after 3 800 codes */
}

static inline void
put_code(struct bits *bits, uint32_t code, unsigned width)
{
    bits->pending = bits->pending << width | code;
    bits->count += width;
    if (bits->count >= 32) {
        bits->count -= 32;
        uint32_t word = htobe32((uint32_t)(bits->pending >> bits->count));
        memcpy(bits->to, &word, sizeof word);
        bits->to += sizeof word;
    }
}

static size_t
flush_bits(struct bits *bits, const uint8_t *start)
{
    for (; bits->count >= 8; bits->count -= 8)
        *bits->to++ = (uint8_t)(bits->pending >> (bits->count - 8));
    if (bits->count)
        *bits->to++ = (uint8_t)(bits->pending << (8 - bits->count));
    return (size_t)(bits->to - start);
}

/* Pseudo-random numbers. */
static void
choose_places(struct tiff_lzw_table *table)
{
    uint32_t state = 1;
    for (unsigned i = 0; i < 256; i++)
        table->places[i] = (uint16_t)((state = state * 1664525 + 1013904223) >> 16) % TIFF_LZW_SLOTS;
}

/* The slot of a string is computed from the slot of its prefix, not from the prefix's code, so that the next slot is
 * known before the current one is loaded. */
size_t
tiff_lzw_encode(struct tiff_lzw_table *table, const uint8_t *from, size_t size, uint8_t *to)
{
    struct bits bits = { .to = to };
    uint32_t *slots = table->slots, next = FIRST, prefix;
    unsigned width = MIN_WIDTH;
    choose_places(table);
    put_code(&bits, CLEAR, width);
    memset(slots, 0xff, sizeof table->slots);

    prefix = size ? from[0] : END;
    uint32_t slot = table->places[prefix & 0xff];
    for (size_t i = 1; i < size; i++) {
        uint32_t byte = from[i], string = prefix << 8 | byte, found;
        slot = (slot * 9 + table->places[byte]) % TIFF_LZW_SLOTS;
        while ((found = slots[slot]) >> 12 != string && found != FREE)
            slot = (slot + 1) % TIFF_LZW_SLOTS;
        if (found != FREE) {
            prefix = found & 0xfff;
            continue;
        }
        put_code(&bits, prefix, width);
        slots[slot] = string << 12 | next++;
        prefix = byte;
        slot = table->places[byte];
        if (next == FULL) {
            put_code(&bits, CLEAR, width);
            memset(slots, 0xff, sizeof table->slots);
            next = FIRST;
            width = MIN_WIDTH;
        } else if (next >> width) {
            width++;
        }
    }

    if (size) {
        put_code(&bits, prefix, width);
        if (++next == FULL) {
            put_code(&bits, CLEAR, width);
            width = MIN_WIDTH;
        } else if (next >> width) {
            width++;
        }
    }
    put_code(&bits, END, width);
    return flush_bits(&bits, to);
}
