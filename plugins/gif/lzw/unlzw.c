/* SPDX-License-Identifier: MIT */
/* Decodes by copying strings from earlier output, eight bytes at a time. */
#include "lzw/unlzw.h"

#include <endian.h>
#include <stdbool.h>
#include <string.h>

enum {
    NO_STRING = 0xffff,
    SHORT_STRING = 16,
    MARGIN = 5 * SHORT_STRING /* bytes that four short strings and one more copy may overwrite */
};

typedef struct gif_unlzw_cursor cursor; /* a local copy stays in registers across stores to the output */

static inline uint64_t
load64(const uint8_t *bytes)
{
    uint64_t value;
    memcpy(&value, bytes, sizeof value);
    return value;
}

static inline void
store64(uint8_t *bytes, uint64_t value)
{
    memcpy(bytes, &value, sizeof value);
}

static inline void
copy128(uint8_t *to, const uint8_t *from)
{
    uint8_t bytes[16];
    memcpy(bytes, from, sizeof bytes);
    memcpy(to, bytes, sizeof bytes);
}

static inline void
set_width(cursor *at, uint32_t width)
{
    at->width = width;
    at->limit = 1U << width;
}

static inline void
clear_table(cursor *at)
{
    at->last = at->clear + 1;
    set_width(at, 32 - __builtin_clz(at->clear));
}

void
gif_unlzw_start(struct gif_unlzw *decoder, uint32_t code_size, const uint8_t *coded, size_t coded_size, uint8_t *out,
                size_t out_size)
{
    uint32_t clear = 1U << code_size;

    decoder->at = (cursor){ .in = coded,
                            .in_end = coded_size ? coded + coded_size : coded, /* NULL for an image without codes */
                            .out = out,
                            .start = out,
                            .out_end = out + out_size,
                            .clear = clear };
    clear_table(&decoder->at);
    memset(decoder->entries, 0, clear * sizeof *decoder->entries);
    decoder->entries[clear] = decoder->entries[clear + 1] = NO_STRING;
}

/* Load at least GIF_LZW_MAX_BITS bits, or all that are left. */
static inline void
refill_bits(cursor *at)
{
    if (at->in_end - at->in >= 8) {
        at->bits |= le64toh(load64(at->in)) << at->bit_count;
        at->in += (63 - at->bit_count) >> 3;
        at->bit_count |= 56;
        return;
    }
    at->bits &= (UINT64_C(1) << at->bit_count) - 1;
    while (at->bit_count < 56 && at->in < at->in_end) {
        at->bits |= (uint64_t)*at->in++ << at->bit_count;
        at->bit_count += 8;
    }
}

static inline uint32_t
next_code(const cursor *at)
{
    return at->bits & (at->limit - 1);
}

/* The string at `offset` plus the byte that will follow it. */
static inline uint64_t
make_entry(uint64_t offset, uint32_t length)
{
    return offset << 16 | length;
}

/*
 * Decode four codes of one width whose strings are short, as most are. false: the next code is not one of these. The
 * code of the last added string is not either, since its last byte is still missing.
 */
static inline bool
take_four(struct gif_unlzw *decoder, cursor *at, bool is_full)
{
    uint64_t offset = at->out - at->start;
    int taken = 0;

    for (; taken < 4; taken++) {
        uint32_t code = next_code(at);
        uint64_t entry = decoder->entries[code];
        uint32_t more = entry & 0xffff;
        if (code >= at->last || more >= SHORT_STRING)
            break;
        at->bits >>= at->width;

        const uint8_t *from = at->start + (entry >> 16);
        uint64_t head = load64(from), tail = load64(from + 8);
        store64(at->start + offset, code < at->clear ? htole64(code) : head);
        store64(at->start + offset + 8, tail);
        if (!is_full)
            decoder->entries[++at->last] = make_entry(offset, more + 1);
        offset += more + 1;
    }
    at->bit_count -= taken * at->width;
    at->out = at->start + offset;
    return taken == 4;
}

/* Copy forward: the string may overlap the output, its last byte being the first one written. */
static inline void
copy_string(const cursor *at, const uint8_t *from, uint32_t length)
{
    uint8_t *to = at->out;
    if (at->out_end - to < (ptrdiff_t)length + SHORT_STRING) {
        for (uint32_t done = 0; done < length; done++)
            to[done] = from[done];
        return;
    }
    to[0] = from[0];
    store64(to, load64(from));
    store64(to + 8, load64(from + 8));
    for (uint32_t done = 16; done < length; done += 16)
        copy128(to + done, from + done);
}

/* Decode any code except clear and end. */
static inline void
take_string(struct gif_unlzw *decoder, cursor *at, uint32_t code)
{
    uint64_t entry = decoder->entries[code], offset = at->out - at->start;
    uint32_t length = (entry & 0xffff) + 1;
    if (length > (size_t)(at->out_end - at->out))
        length = at->out_end - at->out;

    if (code < at->clear)
        at->out[0] = code;
    else
        copy_string(at, at->start + (entry >> 16), length);
    if (at->last < GIF_LZW_CODES)
        decoder->entries[++at->last] = make_entry(offset, length);
    at->out += length;
}

static inline enum gif_unlzw_verdict
take_one(struct gif_unlzw *decoder, cursor *at)
{
    refill_bits(at);
    if (at->bit_count < at->width)
        return GIF_UNLZW_SHORT;
    uint32_t code = next_code(at);
    at->bits >>= at->width;
    at->bit_count -= at->width;
    if (code == at->clear) {
        clear_table(at);
        return GIF_UNLZW_MORE;
    }
    if (code == at->clear + 1)
        return GIF_UNLZW_SHORT;
    if (code > at->last)
        return GIF_UNLZW_BAD;
    take_string(decoder, at, code);
    return GIF_UNLZW_MORE;
}

static inline bool
may_take_four(const cursor *at)
{
    return at->in_end - at->in >= 8 && at->out_end - at->out >= MARGIN && at->width <= GIF_LZW_MAX_BITS;
}

static inline enum gif_unlzw_verdict
run_until(struct gif_unlzw *decoder, cursor *at, const uint8_t *stop)
{
    while (at->out < stop) {
        bool is_short = true;
        while (is_short && at->last + 4 <= at->limit && may_take_four(at)) {
            refill_bits(at);
            is_short = take_four(decoder, at, false);
        }
        while (is_short && at->last == GIF_LZW_CODES && at->out < stop && may_take_four(at)) {
            refill_bits(at);
            is_short = take_four(decoder, at, true);
        }
        if (at->last >= at->limit && at->width < GIF_LZW_MAX_BITS)
            set_width(at, at->width + 1);
        enum gif_unlzw_verdict verdict = take_one(decoder, at);
        if (verdict != GIF_UNLZW_MORE)
            return verdict;
    }
    return at->out < at->out_end ? GIF_UNLZW_MORE : GIF_UNLZW_DONE;
}

enum gif_unlzw_verdict
gif_unlzw_run(struct gif_unlzw *decoder, size_t step)
{
    cursor at = decoder->at;
    size_t left = at.out_end - at.out;

    enum gif_unlzw_verdict verdict = run_until(decoder, &at, at.out + (step < left ? step : left));
    decoder->at = at;
    return verdict;
}
