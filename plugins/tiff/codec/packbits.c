/* SPDX-License-Identifier: MIT */
/* PackBits (TIFF 6.0, section 9). */
#include "codec/packbits.h"

#include <string.h>

enum { MAX_COUNT = 128, BLOCK = 16 }; /* bytes of a run or of a literal, and of a copy */

size_t
tiff_packbits_bound(size_t size, size_t row)
{
    size_t rows = row ? size / row + 1 : 1;
    return size + size / MAX_COUNT + rows;
}

static uint64_t
word_at(const uint8_t *at)
{
    uint64_t word;
    memcpy(&word, at, sizeof word);
    return word;
}

/* Set the highest bit of each zero byte; bytes above the first one may be marked wrongly. */
static uint64_t
zeros_of(uint64_t word)
{
    return (word - 0x0101010101010101u) & ~word & 0x8080808080808080u;
}

/* The next three equal bytes, or the end. */
static const uint8_t *
find_run(const uint8_t *at, const uint8_t *end)
{
    for (; end - at >= 10; at += 8)
        if (zeros_of((word_at(at) ^ word_at(at + 1)) | (word_at(at + 1) ^ word_at(at + 2))))
            break;
    for (; end - at >= 3; at++)
        if (at[0] == at[1] && at[1] == at[2])
            return at;
    return end;
}

static const uint8_t *
end_of_run(const uint8_t *at, const uint8_t *end)
{
    uint64_t same = *at * 0x0101010101010101u;
    const uint8_t *byte = at + 1;
    while (end - byte >= 8 && word_at(byte) == same)
        byte += 8;
    while (byte < end && *byte == *at)
        byte++;
    return byte;
}

static uint8_t *
put_repeats(uint8_t *to, uint8_t byte, size_t count)
{
    for (; count > 0; to += 2) {
        size_t once = count < MAX_COUNT ? count : MAX_COUNT;
        to[0] = (uint8_t)(1 - once);
        to[1] = byte;
        count -= once;
    }
    return to;
}

static uint8_t *
put_literals(uint8_t *to, const uint8_t *from, size_t count)
{
    if (count == 2 && from[0] == from[1])
        return put_repeats(to, from[0], 2); /* one byte shorter */
    while (count > 0) {
        size_t once = count < MAX_COUNT ? count : MAX_COUNT;
        *to++ = (uint8_t)(once - 1);
        memcpy(to, from, once);
        to += once;
        from += once;
        count -= once;
    }
    return to;
}

size_t
tiff_packbits_encode(const uint8_t *from, size_t size, size_t row, uint8_t *to)
{
    uint8_t *start = to;
    for (const uint8_t *end = from + size; from < end;) {
        const uint8_t *row_end = (size_t)(end - from) > row ? from + row : end;
        while (from < row_end) {
            const uint8_t *run = find_run(from, row_end);
            to = put_literals(to, from, (size_t)(run - from));
            from = run < row_end ? end_of_run(run, row_end) : run;
            if (run < row_end)
                to = put_repeats(to, *run, (size_t)(from - run));
        }
    }
    return (size_t)(to - start);
}

/* The last bytes, where whole blocks have no room. */
static bool
decode_end(const uint8_t *coded, const uint8_t *end, uint8_t *to, uint8_t *out_end)
{
    while (to < out_end && coded < end) {
        int code = (int8_t)*coded++;
        uint64_t count = code < 0 ? 1 - (int64_t)code : 1 + (int64_t)code, left = (uint64_t)(out_end - to);
        if (code == -128)
            continue;
        if (count > left) /* cut like libtiff, which warns */
            count = left;
        if ((uint64_t)(end - coded) < (code < 0 ? 1 : count))
            return false;
        if (code < 0)
            memset(to, *coded++, count);
        else {
            memcpy(to, coded, count);
            coded += count;
        }
        to += count;
    }
    return to == out_end;
}

/* Write whole blocks: both buffers have MAX_COUNT bytes. For so few bytes, a memcpy or memset of unknown size takes longer. */
static void
copy_blocks(uint8_t *to, const uint8_t *from, size_t count)
{
    if (count > 2 * BLOCK)
        memcpy(to, from, MAX_COUNT);
    else
        memcpy(to, from, 2 * BLOCK);
}

static void
repeat_blocks(uint8_t *to, uint8_t byte, size_t count)
{
    uint8_t block[BLOCK];
    memset(block, byte, BLOCK);
    for (size_t at = 0; at < 2 * BLOCK; at += BLOCK)
        memcpy(to + at, block, BLOCK);
    for (size_t at = 2 * BLOCK; at < MAX_COUNT && count > 2 * BLOCK; at += BLOCK)
        memcpy(to + at, block, BLOCK);
}

bool
tiff_packbits_decode(const uint8_t *coded, uint64_t coded_size, uint8_t *to, uint64_t size)
{
    const uint8_t *end = coded + coded_size;
    uint8_t *out_end = to + size;
    while (out_end - to >= MAX_COUNT && end - coded > MAX_COUNT) {
        int code = (int8_t)*coded++;
        if (code >= 0) {
            copy_blocks(to, coded, (size_t)code + 1);
            coded += code + 1;
            to += code + 1;
        } else if (code != -128) {
            repeat_blocks(to, *coded++, (size_t)-code + 1);
            to += -code + 1;
        }
    }
    return decode_end(coded, end, to, out_end);
}
