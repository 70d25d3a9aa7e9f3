/* SPDX-License-Identifier: MIT */
/*
 * A block of codes is decoded in rounds: 56 bits or more in a register, look-ups of literals, and one match. What a
 * round may read and write beyond its ends fits the padding and the margin, so that it checks them only once.
 */
#include "read/inflater.h"

#include <string.h>

#include <mim/kit/bytes.h>

enum {
    CODES_MAX = 286,
    DISTANCES_MAX = 30,
    LENGTHS_MAX = CODES_MAX + DISTANCES_MAX,
    HEADER_BYTES = 600,
    MATCH_MAX = 258
};
enum { ROUND_BYTES = 16, BEYOND_LAST = 8 }; /* input that a round reads; padding in which the last one may begin */
enum { GO_ON = -1 };                        /* after enum pngx_inflate_result */

/* The state of a round, in registers. */
struct bits {
    const uint8_t *in;
    uint64_t bits;
    uint32_t count;
};

static inline void
refill_bits(struct bits *bits)
{
    bits->bits |= mim_load_le64(bits->in) << bits->count;
    bits->in += (63 - bits->count) >> 3;
    bits->count |= 56;
}

static inline void
skip_bits(struct bits *bits, uint32_t count)
{
    bits->bits >>= count;
    bits->count -= count;
}

static inline uint32_t
take_bits(struct bits *bits, uint32_t count)
{
    uint32_t value = (uint32_t)bits->bits & ((1u << count) - 1);

    skip_bits(bits, count);
    return value;
}

static struct bits
load_bits(const struct pngx_inflater *self)
{
    return (struct bits){ self->in, self->bits, self->bit_count };
}

/* Gives whole bytes back to the input. Returns false if padding was used. */
static bool
store_bits(struct pngx_inflater *self, const struct bits *bits)
{
    self->in = bits->in - (bits->count >> 3);
    self->bit_count = bits->count & 7;
    self->bits = bits->bits & ((1u << self->bit_count) - 1);
    return self->in <= self->in_end;
}

/* --- codes -------------------------------------------------------------------------------------------------------- */

static inline uint32_t
find_entry(const uint32_t *table, const struct bits *bits, uint32_t index_bits)
{
    return table[bits->bits & ((1u << index_bits) - 1)];
}

/* Follows an entry to the subtable. */
static inline uint32_t
resolve_entry(const uint32_t *table, struct bits *bits, uint32_t entry)
{
    if (pngx_code_literals(entry) || pngx_code_kind(entry) != PNGX_CODE_SUBTABLE)
        return entry;
    skip_bits(bits, pngx_code_length(entry));
    return table[pngx_code_base(entry) + ((uint32_t)bits->bits & ((1u << pngx_code_extra(entry)) - 1))];
}

static inline uint32_t
take_value(struct bits *bits, uint32_t entry)
{
    skip_bits(bits, pngx_code_length(entry));
    return pngx_code_base(entry) + take_bits(bits, pngx_code_extra(entry));
}

static inline uint8_t *
put_literals(uint8_t *out, struct bits *bits, uint32_t entry)
{
    uint32_t bytes = __BYTE_ORDER__ == __ORDER_LITTLE_ENDIAN__ ? entry >> 8 : __builtin_bswap32(entry >> 8);

    memcpy(out, &bytes, sizeof bytes); /* one store, unlike mim_store_le32() */
    skip_bits(bits, pngx_code_length(entry));
    return out + pngx_code_literals(entry);
}

/* Writes up to 7 bytes after the end. */
static inline uint8_t *
copy_match(uint8_t *out, uint32_t distance, uint32_t length)
{
    uint8_t *end = out + length;
    uint32_t step = distance < 8 ? distance : 8; /* so many bytes of each 8 are known */

    if (distance == 1) {
        memset(out, out[-1], length);
        return end;
    }
    for (; out < end; out += step) {
        uint64_t bytes;
        memcpy(&bytes, out - distance, sizeof bytes);
        memcpy(out, &bytes, sizeof bytes);
    }
    return end;
}

/* Decodes the match whose length has this entry. Returns NULL if it is not valid. */
static inline uint8_t *
put_match(const struct pngx_inflater *self, uint8_t *out, struct bits *bits, uint32_t entry)
{
    if (pngx_code_kind(entry) != PNGX_CODE_BASE)
        return NULL;
    uint32_t length = take_value(bits, entry);
    uint32_t far = resolve_entry(self->distances, bits, find_entry(self->distances, bits, PNGX_DISTANCE_BITS));
    if (pngx_code_kind(far) != PNGX_CODE_BASE)
        return NULL;
    uint32_t distance = take_value(bits, far);
    if (distance > (size_t)(out - self->history) || distance > self->window)
        return NULL;
    return copy_match(out, distance, length);
}

/* Four look-ups take at most 44 bits; a match takes at most 48. */
static inline uint8_t *
put_all_literals(const uint32_t *table, uint8_t *out, struct bits *bits, uint32_t *entry)
{
    for (int i = 0; i < 4 && pngx_code_literals(*entry); i++) {
        out = put_literals(out, bits, *entry);
        *entry = find_entry(table, bits, PNGX_LITERAL_BITS);
    }
    return out;
}

static int32_t
decode_codes(struct pngx_inflater *self)
{
    const uint8_t *in_stop = self->in_end + BEYOND_LAST;
    struct bits bits = load_bits(self);
    uint8_t *out = self->out;

    if (!self->is_last)
        in_stop = self->in_end - self->in > ROUND_BYTES ? self->in_end - ROUND_BYTES : self->in;
    while (self->step && out < self->out_end && bits.in < in_stop) {
        refill_bits(&bits);
        uint32_t entry = find_entry(self->literals, &bits, PNGX_LITERAL_BITS);
        if (pngx_code_literals(entry)) {
            out = put_all_literals(self->literals, out, &bits, &entry);
            if (pngx_code_literals(entry))
                continue;
            refill_bits(&bits);
        }
        entry = resolve_entry(self->literals, &bits, entry);
        if (pngx_code_literals(entry)) {
            out = put_literals(out, &bits, entry);
        } else if (pngx_code_kind(entry) == PNGX_CODE_END) {
            skip_bits(&bits, pngx_code_length(entry));
            self->step = NULL;
        } else if (!(out = put_match(self, out, &bits, entry))) {
            return PNGX_INFLATE_BROKEN;
        }
    }
    self->out = out;
    return store_bits(self, &bits) ? GO_ON : PNGX_INFLATE_BROKEN;
}

/* --- blocks ------------------------------------------------------------------------------------------------------- */

static int32_t
copy_stored(struct pngx_inflater *self)
{
    size_t some = self->stored, there = (size_t)(self->in_end - self->in), space = (size_t)(self->out_end - self->out);

    some = some < there ? some : there;
    some = some < space ? some : space;
    memcpy(self->out, self->in, some);
    self->in += some;
    self->out += some;
    self->stored -= (uint32_t)some;
    if (!self->stored)
        self->step = NULL;
    return GO_ON;
}

static bool
start_stored(struct pngx_inflater *self, struct bits *bits)
{
    skip_bits(bits, bits->count & 7);
    refill_bits(bits);
    self->stored = take_bits(bits, 16);
    self->step = copy_stored;
    return (self->stored ^ take_bits(bits, 16)) == UINT16_MAX;
}

static bool
start_fixed(struct pngx_inflater *self)
{
    uint8_t lengths[PNGX_LITERAL_SYMBOLS];

    memset(lengths, 8, 144);
    memset(lengths + 144, 9, 112);
    memset(lengths + 256, 7, 24);
    memset(lengths + 280, 8, 8);
    self->step = decode_codes;
    if (self->is_fixed)
        return true;
    self->is_fixed = pngx_literal_table(self->literals, lengths);
    memset(lengths, 5, PNGX_DISTANCE_SYMBOLS);
    return pngx_distance_table(self->distances, lengths) && self->is_fixed;
}

/* Reads `count` lengths, which are coded as values and repetitions. */
static bool
read_lengths(struct bits *bits, const uint32_t *table, uint8_t *lengths, uint32_t count)
{
    static const struct {
        uint8_t bits, base;
    } repeats[] = { { 2, 3 }, { 3, 3 }, { 7, 11 } };

    for (uint32_t i = 0; i < count;) {
        refill_bits(bits);
        uint32_t entry = table[bits->bits & ((1u << PNGX_LENGTH_BITS) - 1)], symbol = pngx_code_base(entry);
        if (!pngx_code_length(entry))
            return false;
        skip_bits(bits, pngx_code_length(entry));
        if (symbol < 16) {
            lengths[i++] = (uint8_t)symbol;
            continue;
        }
        uint32_t times = repeats[symbol - 16].base + take_bits(bits, repeats[symbol - 16].bits);
        if (times > count - i || (symbol == 16 && !i))
            return false;
        memset(lengths + i, symbol == 16 ? lengths[i - 1] : 0, times);
        i += times;
    }
    return true;
}

static bool
start_dynamic(struct pngx_inflater *self, struct bits *bits)
{
    static const uint8_t order[PNGX_LENGTH_SYMBOLS] = {
        16, 17, 18, 0, 8, 7, 9, 6, 10, 5, 11, 4, 12, 3, 13, 2, 14, 1, 15
    };
    uint8_t first[PNGX_LENGTH_SYMBOLS] = { 0 }, all[LENGTHS_MAX], lengths[PNGX_LITERAL_SYMBOLS] = { 0 };
    uint32_t table[PNGX_LENGTH_ENTRIES];
    uint32_t literals = 257 + take_bits(bits, 5), distances = 1 + take_bits(bits, 5), count = 4 + take_bits(bits, 4);

    if (literals > CODES_MAX || distances > DISTANCES_MAX)
        return false;
    for (uint32_t i = 0; i < count; i++) {
        refill_bits(bits);
        first[order[i]] = (uint8_t)take_bits(bits, 3);
    }
    if (!pngx_length_table(table, first) || !read_lengths(bits, table, all, literals + distances))
        return false;
    self->step = decode_codes;
    self->is_fixed = false;
    memcpy(lengths, all, literals);
    if (!pngx_literal_table(self->literals, lengths))
        return false;
    memset(lengths, 0, PNGX_DISTANCE_SYMBOLS);
    memcpy(lengths, all + literals, distances);
    return pngx_distance_table(self->distances, lengths);
}

static int32_t
start_block(struct pngx_inflater *self)
{
    struct bits bits = load_bits(self);

    if (self->is_final) {
        skip_bits(&bits, bits.count & 7);
        return store_bits(self, &bits) ? PNGX_INFLATE_DONE : PNGX_INFLATE_BROKEN;
    }
    if (!self->is_last && self->in_end - self->in < HEADER_BYTES)
        return PNGX_INFLATE_INPUT;
    refill_bits(&bits);
    self->is_final = take_bits(&bits, 1);
    uint32_t kind = take_bits(&bits, 2);
    bool is_sound = kind == 0   ? start_stored(self, &bits)
                    : kind == 1 ? start_fixed(self)
                    : kind == 2 ? start_dynamic(self, &bits)
                                : false;
    return store_bits(self, &bits) && is_sound ? GO_ON : PNGX_INFLATE_BROKEN;
}

enum pngx_inflate_result
pngx_inflate_some(struct pngx_inflater *self)
{
    int32_t result = GO_ON;

    while (result == GO_ON) {
        const uint8_t *in = self->in;
        if (self->out >= self->out_end)
            return PNGX_INFLATE_OUTPUT;
        uint8_t *out = self->out;
        bool is_start = !self->step;
        result = is_start ? start_block(self) : self->step(self);
        if (result == GO_ON && !is_start && self->step && self->in == in && self->out == out)
            return self->is_last ? PNGX_INFLATE_BROKEN : PNGX_INFLATE_INPUT;
    }
    return (enum pngx_inflate_result)result;
}
