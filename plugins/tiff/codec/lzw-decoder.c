/* SPDX-License-Identifier: MIT */
/* Unpacks LZW by copying strings forward from the output, eight bytes at a time. */
#include "codec/lzw-decoder.h"

#include <endian.h>
#include <string.h>

enum { CLEAR = 256, END = 257, FIRST = 258, MIN_WIDTH = 9, MAX_WIDTH = 12 };
#define MAX_DISTANCE (INT64_C(1) << 47) /* an entry has 48 bits for a place; tagged pointers may lie farther apart */
#define FAST_BYTES 40                   /* bytes that four short strings may touch, and those of one more copy */

/* A local copy stays in registers, which stores of pixels cannot touch. */
struct cursor {
    const uint8_t *in, *in_end;
    uint8_t *out, *out_end;
    uint8_t *start;
    uint64_t bits;      /* the next one highest */
    uint32_t bit_count; /* of `bits`; below them may stand some that the next refill brings again */
    uint32_t width;     /* of a code by now */
    uint32_t next;  /* the code that the next string gets; the one before it is the last string and what will follow */
    uint32_t limit; /* where codes grow wider, or the table ends */
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

/* As numbers: the letters lie in another object. In 64 bits the difference of any two addresses fits. */
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

/* At least 56 bits, or all there are. */
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

/* The code after this one may be this string and the first byte of that after: so it is known before its end is. */
static inline void
add_string(struct tiff_lzw_decoder *decoder, struct cursor *at, uint32_t length)
{
    decoder->entries[at->next++] = entry_of(at, at->out, length + 1);
    at->out += length;
}

/* Four codes of one width that stand for short strings, as most do. false: the code just looked at is none of these. */
static inline bool
take_four(struct tiff_lzw_decoder *decoder, struct cursor *at)
{
    for (int i = 0; i < 4; i++) {
        uint32_t code = (uint32_t)(at->bits >> (64 - at->width));
        int64_t entry = decoder->entries[code];
        uint32_t length = (uint16_t)entry;
        if (code + 1 >= at->next || length - 1 >= 8) /* without a length: clear and end */
            return false;
        at->bits <<= at->width;
        at->bit_count -= at->width;
        copy_word(at->out, string_of(at, entry));
        add_string(decoder, at, length);
    }
    return true;
}

/* All bytes are there, or come to be in the course of copying: the last one may be the first that is written. */
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

/* Any code, anywhere. */
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
    at->out[0] = from[0]; /* where the last string is meant, this is its last byte */
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

/* Before 5.0 the least significant bit came first: then a strip, which starts with a clear code, starts like this. */
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
