/* SPDX-License-Identifier: MIT */
/*
 * Pictures are mostly literals with short codes, so an entry holds as many of them as its bits determine: one look-up
 * decodes two or three bytes of a filtered photograph.
 */
#include "read/code-table.h"

#include <string.h>

enum { CODE_MAX = 15, LITERALS = 256, END_OF_BLOCK = 256, LENGTHS = 29, DISTANCES = 30 };

#define LITERAL(value) (1u << 6 | (uint32_t)(value) << 8)
#define BASE(base, extra) (PNGX_CODE_BASE << 8 | (uint32_t)(extra) << 10 | (uint32_t)(base) << 16)

/* A table that is being filled. */
struct making {
    uint32_t *table;
    uint32_t bits;                         /* that index it */
    uint32_t end;                          /* of its subtables so far */
    uint16_t counts[CODE_MAX + 1];         /* of codes of each length */
    uint16_t first[CODE_MAX + 2];          /* of `sorted` with a code of this length */
    uint16_t sorted[PNGX_LITERAL_SYMBOLS]; /* symbols by length, then by number */
};

static uint32_t
literal_entry(uint32_t symbol)
{
    static const uint16_t bases[LENGTHS] = { 3,  4,  5,  6,  7,  8,  9,  10, 11,  13,  15,  17,  19,  23, 27,
                                             31, 35, 43, 51, 59, 67, 83, 99, 115, 131, 163, 195, 227, 258 };
    static const uint8_t extra[LENGTHS] = { 0, 0, 0, 0, 0, 0, 0, 0, 1, 1, 1, 1, 2, 2, 2,
                                            2, 3, 3, 3, 3, 4, 4, 4, 4, 5, 5, 5, 5, 0 };
    uint32_t length = symbol - END_OF_BLOCK - 1;

    if (symbol < LITERALS)
        return LITERAL(symbol);
    if (symbol == END_OF_BLOCK)
        return PNGX_CODE_END << 8;
    return length < LENGTHS ? BASE(bases[length], extra[length]) : PNGX_CODE_INVALID;
}

static uint32_t
distance_entry(uint32_t symbol)
{
    uint32_t extra = symbol < 4 ? 0 : symbol / 2 - 1;

    if (symbol >= DISTANCES)
        return PNGX_CODE_INVALID;
    return symbol < 4 ? BASE(symbol + 1, 0) : BASE(1 + ((2 + symbol % 2) << extra), extra);
}

static uint32_t
length_entry(uint32_t symbol)
{
    return BASE(symbol, 0);
}

static void
sort_symbols(struct making *making, const uint8_t *lengths, uint32_t count)
{
    uint16_t next[CODE_MAX + 2];

    for (uint32_t i = 0; i < count; i++)
        making->counts[lengths[i]]++;
    making->first[1] = 0;
    for (uint32_t i = 1; i <= CODE_MAX; i++)
        making->first[i + 1] = (uint16_t)(making->first[i] + making->counts[i]);
    memcpy(next, making->first, sizeof next);
    for (uint32_t i = 0; i < count; i++)
        if (lengths[i])
            making->sorted[next[lengths[i]]++] = (uint16_t)i;
}

/* Whether every sequence of bits has a meaning. zlib also accepts a single code of one bit. */
static bool
is_complete(const struct making *making)
{
    int32_t left = 1;

    for (uint32_t i = 1; i <= CODE_MAX; i++)
        if ((left = 2 * left - making->counts[i]) < 0)
            return false;
    return left == 0 || (making->first[CODE_MAX + 1] == 1 && making->counts[1] == 1);
}

/* The next code of the same length; codes are stored with their first bit lowest. */
static uint32_t
next_code(uint32_t code, uint32_t length)
{
    uint32_t bit = 1u << (length - 1);

    while (code & bit)
        bit >>= 1;
    return bit ? (code & (bit - 1)) | bit : 0;
}

/* The bits of the subtable whose first code is `symbol`'s: as many as make the codes with this prefix complete. */
static uint32_t
subtable_bits(const struct making *making, uint32_t index, uint32_t length)
{
    uint32_t bits = length - making->bits;
    int32_t left = (int32_t)(1u << bits) - (making->first[length + 1] - (int32_t)index);

    while (left > 0 && making->bits + bits < CODE_MAX) {
        bits++;
        left = 2 * left - making->counts[making->bits + bits];
    }
    return bits;
}

static void
repeat_entry(uint32_t *table, uint32_t size, uint32_t start, uint32_t step, uint32_t entry)
{
    for (uint32_t i = start; i < size; i += step)
        table[i] = entry;
}

/* Codes longer than the index come last, those with the same prefix in sequence. */
static void
fill_table(struct making *making, uint32_t (*entry_of)(uint32_t symbol))
{
    uint32_t index = 0, code = 0, start = 0, bits = 0, prefix = UINT32_MAX, mask = (1u << making->bits) - 1;

    making->end = mask + 1;
    for (uint32_t length = 1; length <= CODE_MAX; length++)
        for (; index < making->first[length + 1]; index++, code = next_code(code, length)) {
            uint32_t entry = entry_of(making->sorted[index]);
            if (length <= making->bits) {
                repeat_entry(making->table, mask + 1, code, 1u << length, entry | length);
                continue;
            }
            if ((code & mask) != prefix) {
                prefix = code & mask;
                start = making->end;
                bits = subtable_bits(making, index, length);
                making->end += 1u << bits;
                making->table[prefix] = PNGX_CODE_SUBTABLE << 8 | bits << 10 | start << 16 | making->bits;
            }
            repeat_entry(making->table + start, 1u << bits, code >> making->bits, 1u << (length - making->bits),
                         entry | (length - making->bits));
        }
}

static bool
make_table(struct making *making, const uint8_t *lengths, uint32_t count, uint32_t (*entry_of)(uint32_t symbol))
{
    sort_symbols(making, lengths, count);
    bool is_empty = making->first[CODE_MAX + 1] == 0, is_single = making->first[CODE_MAX + 1] == 1;

    if (is_empty || is_single) /* the other bits have no meaning */
        memset(making->table, 0, sizeof *making->table << making->bits);
    if (is_empty)
        return true;
    if (!is_complete(making))
        return false;
    fill_table(making, entry_of);
    return true;
}

/* Appends the literals that the remaining bits of an index determine. Smaller indices are not joined yet. */
static void
join_literals(uint32_t *table)
{
    for (uint32_t i = 1u << PNGX_LITERAL_BITS; i-- > 0;) {
        uint32_t entry = table[i];
        for (uint32_t count = 1; pngx_code_literals(entry) == count && count < 3; count++) {
            uint32_t used = pngx_code_length(entry), next = table[i >> used];
            if (pngx_code_literals(next) && used + pngx_code_length(next) <= PNGX_LITERAL_BITS)
                entry += pngx_code_length(next) + (1u << 6) + (next >> 8 << (8 + 8 * count));
        }
        table[i] = entry;
    }
}

bool
pngx_literal_table(uint32_t table[PNGX_LITERAL_ENTRIES], const uint8_t lengths[PNGX_LITERAL_SYMBOLS])
{
    struct making making = { .table = table, .bits = PNGX_LITERAL_BITS };

    if (!lengths[END_OF_BLOCK] || !make_table(&making, lengths, PNGX_LITERAL_SYMBOLS, literal_entry))
        return false;
    join_literals(table);
    return true;
}

bool
pngx_distance_table(uint32_t table[PNGX_DISTANCE_ENTRIES], const uint8_t lengths[PNGX_DISTANCE_SYMBOLS])
{
    struct making making = { .table = table, .bits = PNGX_DISTANCE_BITS };

    return make_table(&making, lengths, PNGX_DISTANCE_SYMBOLS, distance_entry);
}

bool
pngx_length_table(uint32_t table[PNGX_LENGTH_ENTRIES], const uint8_t lengths[PNGX_LENGTH_SYMBOLS])
{
    struct making making = { .table = table, .bits = PNGX_LENGTH_BITS };

    return make_table(&making, lengths, PNGX_LENGTH_SYMBOLS, length_entry);
}
