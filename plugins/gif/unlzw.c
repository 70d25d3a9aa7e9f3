/* SPDX-License-Identifier: MIT */
/* Unpacks LZW by copying strings forward from the output, eight bytes at a time. */
#include "unlzw.h"

#include <endian.h>
#include <stdbool.h>
#include <string.h>

typedef struct gif_unlzw_cursor cursor; /* a local copy stays in registers, which stores of pixels cannot touch */

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
clear_table(const struct gif_unlzw *decoder, cursor *at)
{
    at->next = decoder->clear + 2;
    at->width = 32 - __builtin_clz(decoder->clear);
    at->previous = GIF_LZW_CODES;
}

void
gif_unlzw_start(struct gif_unlzw *decoder, uint32_t code_size, const uint8_t *coded, size_t coded_size, uint8_t *out,
                size_t out_size)
{
    decoder->at = (cursor){ .in = coded, .out = out };
    decoder->in_end = coded_size ? coded + coded_size : coded; /* a picture without codes has NULL */
    decoder->start = out;
    decoder->out_end = out + out_size;
    decoder->clear = 1U << code_size;
    clear_table(decoder, &decoder->at);
    for (uint32_t code = 0; code < decoder->clear; code++) {
        decoder->head[code] = code;
        decoder->length[code] = 1;
    }
}

/* At least GIF_LZW_MAX_BITS bits, or all there are. Above bit_count may stand bits that the next refill brings again. */
static inline void
refill(const struct gif_unlzw *decoder, cursor *at)
{
    if (decoder->in_end - at->in >= 8) {
        at->bits |= le64toh(load64(at->in)) << at->bit_count;
        at->in += (63 - at->bit_count) >> 3;
        at->bit_count |= 56;
        return;
    }
    at->bits &= (UINT64_C(1) << at->bit_count) - 1;
    while (at->bit_count < 56 && at->in < decoder->in_end) {
        at->bits |= (uint64_t)*at->in++ << at->bit_count;
        at->bit_count += 8;
    }
}

/* The string before, plus the first byte of the one of `code`, which may be this very string. */
static inline void
add_string(struct gif_unlzw *decoder, cursor *at, uint32_t code)
{
    uint32_t next = at->next, previous = at->previous;
    uint32_t length = decoder->length[previous];
    uint64_t head = decoder->head[previous];

    if (length < 8) {
        uint64_t first = decoder->head[code == next ? previous : code] & 0xff;
        uint64_t mask = (UINT64_C(1) << (8 * length)) - 1;
        head = (head & mask) | first << (8 * length);
    }
    decoder->head[next] = head;
    decoder->length[next] = length + 1;
    decoder->from[next] = at->out - decoder->start - length;
    at->next = next + 1;
}

static inline void
copy_string(const struct gif_unlzw *decoder, cursor *at, uint32_t code)
{
    uint32_t length = decoder->length[code];
    uint8_t *out = at->out;

    store64(out, htole64(decoder->head[code]));
    /* a string starts at least length - 1 bytes back: eight at a time never read what is not written yet */
    if (length > 8) {
        const uint8_t *from = decoder->start + decoder->from[code];
        for (uint32_t done = 8; done < length; done += 8)
            store64(out + done, load64(from + done));
    }
    at->out = out + length;
}

/* Where fewer bytes are left than copy_string() may touch. */
static void
copy_last_string(const struct gif_unlzw *decoder, cursor *at, uint32_t code)
{
    uint32_t length = decoder->length[code];
    size_t room = decoder->out_end - at->out;
    if (length > room)
        length = room;

    for (uint32_t i = 0; i < length; i++)
        at->out[i] = i < 8 ? decoder->head[code] >> (8 * i) & 0xff : decoder->start[decoder->from[code] + i];
    at->out += length;
}

static inline bool
is_known(const cursor *at, uint32_t code)
{
    if (code < at->next)
        return true;
    return code == at->next && code < GIF_LZW_CODES && at->previous != GIF_LZW_CODES;
}

static inline enum gif_unlzw_verdict
run(struct gif_unlzw *decoder, cursor *at, const uint8_t *stop)
{
    while (at->out < stop) {
        refill(decoder, at);
        if (at->bit_count < at->width)
            return GIF_UNLZW_SHORT;
        uint32_t code = at->bits & ((1U << at->width) - 1);
        at->bits >>= at->width;
        at->bit_count -= at->width;

        if (code == decoder->clear) {
            clear_table(decoder, at);
            continue;
        }
        if (code == decoder->clear + 1)
            return GIF_UNLZW_SHORT;
        if (!is_known(at, code))
            return GIF_UNLZW_BAD;
        if (at->previous != GIF_LZW_CODES && at->next < GIF_LZW_CODES)
            add_string(decoder, at, code);
        if (at->next == 1U << at->width && at->width < GIF_LZW_MAX_BITS)
            at->width++;
        at->previous = code;
        if ((size_t)(decoder->out_end - at->out) >= decoder->length[code] + 8U)
            copy_string(decoder, at, code);
        else
            copy_last_string(decoder, at, code);
    }
    return at->out < decoder->out_end ? GIF_UNLZW_MORE : GIF_UNLZW_DONE;
}

enum gif_unlzw_verdict
gif_unlzw_run(struct gif_unlzw *decoder, size_t step)
{
    cursor at = decoder->at;
    size_t left = decoder->out_end - at.out;

    enum gif_unlzw_verdict verdict = run(decoder, &at, at.out + (step < left ? step : left));
    decoder->at = at;
    return verdict;
}
