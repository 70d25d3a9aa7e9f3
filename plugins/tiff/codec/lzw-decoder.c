/* SPDX-License-Identifier: MIT */
/* LZW decoding: strings are copied from earlier output, eight bytes at a time. */
#include "codec/lzw-decoder.h"

#include <endian.h>
#include <string.h>

enum { CLEAR = 256, END = 257, FIRST = 258, MIN_WIDTH = 9, MAX_WIDTH = 12 };
#define MAX_DISTANCE (INT64_C(1) << 47) /* an entry has 48 bits for an offset; tagged pointers may be farther apart */
#define FAST_BYTES 40                   /* four short strings and one more copy may write this many bytes */

/* A local variable of tiff_lzw_decode(), so that the compiler keeps it in registers across stores of pixels. */
struct cursor {
    const uint8_t *in, *in_end;
    uint8_t *out, *out_end;
    uint8_t *start;
    uint64_t bits;      /* the next bit is the highest */
    uint32_t bit_count; /* valid bits; lower ones may be set, and the next refill sets them again */
    uint32_t width;     /* of a code */
    uint32_t next;      /* code of the next string; the code before it is the last string plus the next byte */
    uint32_t limit;     /* code at which codes widen or the table is full */
};

enum verdict { GO_ON, DONE, UNSURE };

static inline uint64_t
load_word(const uint8_t *bytes)
{
    uint64_t value;
    memcpy(&value, bytes, sizeof value);
    return value;
}

static inline void
copy_word(uint8_t *to, const uint8_t *from)
{
    uint64_t value = load_word(from);
    memcpy(to, &value, sizeof value);
}

/* Computed on integers, since the letters are in another object than the output. */
static inline int64_t
distance_of(const uint8_t *to, const uint8_t *from)
{
    return (int64_t)(intptr_t)to - (int64_t)(intptr_t)from;
}

static inline const uint8_t *
string_of(const struct cursor *at, int64_t entry)
{
    return (const uint8_t *)(intptr_t)((int64_t)(intptr_t)at->start + (entry >> 16));
}

static inline int64_t
entry_of(const struct cursor *at, const uint8_t *from, uint32_t length)
{
    return (int64_t)(((uint64_t)distance_of(from, at->start) << 16) + length);
}

/* Load at least 56 bits, or all that are left. */
static inline void
refill_bits(struct cursor *at)
{
    if (at->in_end - at->in >= 8) {
        at->bits |= be64toh(load_word(at->in)) >> at->bit_count;
        at->in += (63 - at->bit_count) >> 3;
        at->bit_count |= 56;
        return;
    }
    at->bits = at->bit_count ? at->bits & ~UINT64_C(0) << (64 - at->bit_count) : 0;
    while (at->bit_count < 56 && at->in < at->in_end) {
        at->bits |= (uint64_t)*at->in++ << (56 - at->bit_count);
        at->bit_count += 8;
    }
}

static inline uint32_t
take_code(struct cursor *at)
{
    uint32_t code = (uint32_t)(at->bits >> (64 - at->width));
    at->bits <<= at->width;
    at->bit_count -= at->width;
    return code;
}

/* The next code may be the new string itself, whose last byte is not decoded yet: add it before that byte is known. */
static inline void
add_string(struct tiff_lzw_decoder *decoder, struct cursor *at, uint32_t length)
{
    decoder->entries[at->next++] = entry_of(at, at->out, length + 1);
    at->out += length;
}

/* Decode four codes of one width and of short strings, as most are. Returns false at any other code. */
static inline bool
take_four(struct tiff_lzw_decoder *decoder, struct cursor *at)
{
    for (int i = 0; i < 4; i++) {
        uint32_t code = (uint32_t)(at->bits >> (64 - at->width));
        int64_t entry = decoder->entries[code];
        uint32_t length = (uint16_t)entry;
        if (code + 1 >= at->next || length - 1 >= 8) /* clear and end have no length */
            return false;
        at->bits <<= at->width;
        at->bit_count -= at->width;
        copy_word(at->out, string_of(at, entry));
        add_string(decoder, at, length);
    }
    return true;
}

/* Source and target may overlap: the last byte to copy may be the first one written. */
static inline void
copy_string(struct cursor *at, const uint8_t *from, uint32_t length)
{
    uint8_t *to = at->out;
    if (at->out_end - to >= (ptrdiff_t)length + 8) {
        for (uint32_t done = 0; done < length; done += 8)
            copy_word(to + done, from + done);
        return;
    }
    for (uint32_t done = 0; done < length; done++)
        to[done] = from[done];
}

/* Decode one code of any kind. */
static enum verdict
take_one(struct tiff_lzw_decoder *decoder, struct cursor *at)
{
    refill_bits(at);
    if (at->bit_count < at->width)
        return UNSURE;
    uint32_t code = take_code(at);
    if (code == CLEAR) {
        at->width = MIN_WIDTH;
        at->limit = 1U << MIN_WIDTH;
        at->next = FIRST;
        do {
            refill_bits(at);
            if (at->bit_count < at->width)
                return UNSURE;
            code = take_code(at);
        } while (code == CLEAR);
        if (code > CLEAR)
            return UNSURE;
    } else if (code == END || code >= at->next || at->next > at->limit) {
        return UNSURE;
    }

    int64_t entry = decoder->entries[code];
    uint32_t length = (uint16_t)entry;
    const uint8_t *from = string_of(at, entry);
    if (length > (size_t)(at->out_end - at->out))
        length = (uint32_t)(at->out_end - at->out);
    at->out[0] = from[0]; /* of the string added last, this is the last byte */
    copy_string(at, from, length);
    add_string(decoder, at, length);
    return at->out < at->out_end ? GO_ON : DONE;
}

static enum verdict
decode_codes(struct tiff_lzw_decoder *decoder, struct cursor *at)
{
    for (;;) {
        while (at->in_end - at->in >= 8 && at->next + 4 <= at->limit && at->out_end - at->out >= FAST_BYTES) {
            refill_bits(at);
            if (!take_four(decoder, at))
                break;
        }
        if (at->next >= at->limit && at->width < MAX_WIDTH)
            at->limit = 1U << ++at->width;
        enum verdict verdict = take_one(decoder, at);
        if (verdict != GO_ON)
            return verdict;
    }
}

/* Before TIFF 5.0 the least significant bit came first; a strip begins with a clear code. */
static bool
is_old(const uint8_t *coded, size_t size)
{
    return size >= 2 && coded[0] == 0 && (coded[1] & 1);
}

bool
tiff_lzw_decode(struct tiff_lzw_decoder *decoder, const uint8_t *coded, size_t coded_size, uint8_t *out,
                size_t out_size)
{
    struct cursor at = { .in = coded,
                         .in_end = coded + coded_size,
                         .out = out,
                         .out_end = out + out_size,
                         .start = out,
                         .width = MIN_WIDTH,
                         .limit = 1U << MIN_WIDTH };
    int64_t distance = distance_of(decoder->letters, out);
    if (coded_size == 0 || out_size == 0 || is_old(coded, coded_size) || distance >= MAX_DISTANCE ||
        distance <= -MAX_DISTANCE)
        return false;

    for (uint32_t i = 0; i < 256; i++) {
        decoder->letters[i] = (uint8_t)i;
        decoder->entries[i] = entry_of(&at, decoder->letters + i, 1);
    }
    decoder->entries[CLEAR] = decoder->entries[END] = 0;
    return decode_codes(decoder, &at) == DONE;
}
