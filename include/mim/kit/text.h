/* SPDX-License-Identifier: MIT */
/**
 * @file
 * UTF-8, UTF-16 and Latin-1. Metadata cross the plugin ABI as UTF-8; files often hold something else.
 *
 * Header-only, no memory of its own, any thread.
 */
#ifndef MIM_KIT_TEXT_H
#define MIM_KIT_TEXT_H

#include <stdbool.h>
#include <stdint.h>

/** Bytes of the UTF-8 character at the start of `bytes` (`size` > 0 of them); 0: none begins there. Unicode 15, table 3-7. */
static inline uint32_t
mim_utf8_length(const uint8_t *bytes, uint64_t size)
{
    static const uint32_t least[] = { 0, 0, 0x80, 0x800, 0x10000 };
    uint32_t length = bytes[0] < 0x80 ? 1 : bytes[0] >> 5 == 6 ? 2 : bytes[0] >> 4 == 14 ? 3 : bytes[0] >> 3 == 30 ? 4 : 0;
    if (length <= 1 || length > size)
        return length == 1;

    uint32_t code = bytes[0] & (0x7fu >> length);
    for (uint32_t i = 1; i < length; i++) {
        if (bytes[i] >> 6 != 2)
            return 0;
        code = code << 6 | (bytes[i] & 0x3fu);
    }
    bool is_surrogate = code >> 11 == 0xd800 >> 11;
    return code < least[length] || code > 0x10ffff || is_surrogate ? 0 : length;
}

/** Is it whole, well-formed UTF-8? A zero byte is a character like any other. */
static inline bool
mim_utf8_is_valid(const void *text, uint64_t size)
{
    const uint8_t *bytes = (const uint8_t *)text;
    for (uint64_t i = 0; i < size;) {
        uint32_t length = mim_utf8_length(bytes + i, size - i);
        if (!length)
            return false;
        i += length;
    }
    return true;
}

/** The code of the first character before `end`, and move `*text` behind it; U+FFFD for a byte where none begins. */
static inline uint32_t
mim_utf8_next(const uint8_t **text, const uint8_t *end)
{
    const uint8_t *at = *text;
    uint32_t length = mim_utf8_length(at, (uint64_t)(end - at));
    uint32_t code = length == 0 ? 0xfffd : length == 1 ? at[0] : at[0] & (0x7fu >> length);
    *text = at + (length ? length : 1);
    for (uint32_t i = 1; i < length; i++)
        code = code << 6 | (at[i] & 0x3fu);
    return code;
}

/** The character as UTF-16. Returns the number of units, 1 or 2. */
static inline uint32_t
mim_utf16_units(uint32_t code, uint16_t units[2])
{
    units[0] = (uint16_t)(code < 0x10000 ? code : 0xd800 + ((code - 0x10000) >> 10));
    units[1] = (uint16_t)(0xdc00 + (code & 0x3ff));
    return code < 0x10000 ? 1 : 2;
}

/** Latin-1 as UTF-8 into `out`, which has 2 * `size` bytes. Returns the bytes written. */
static inline uint64_t
mim_utf8_from_latin1(const void *latin1, uint64_t size, void *out)
{
    const uint8_t *in = (const uint8_t *)latin1;
    uint8_t *to = (uint8_t *)out;
    for (uint64_t i = 0; i < size; i++) {
        if (in[i] >= 0x80)
            *to++ = (uint8_t)(0xc0 | in[i] >> 6);
        *to++ = in[i] < 0x80 ? in[i] : (uint8_t)(0x80 | (in[i] & 0x3f));
    }
    return (uint64_t)(to - (uint8_t *)out);
}

/**
 * UTF-8 as Latin-1 into `out`, at most `capacity` characters. Returns their number, or -1: the text is not UTF-8, or has a
 * character that Latin-1 has no printable place for.
 */
static inline int64_t
mim_utf8_to_latin1(const void *text, uint64_t size, uint8_t *out, uint64_t capacity)
{
    const uint8_t *in = (const uint8_t *)text;
    uint64_t count = 0;
    for (uint64_t i = 0; i < size && count < capacity; i++) {
        bool is_pair = in[i] == 0xc2 || in[i] == 0xc3;
        if ((in[i] >= 0x80 && !is_pair) || (is_pair && (i + 1 == size || in[i + 1] >> 6 != 2)))
            return -1;
        uint8_t letter = in[i] < 0x80 ? in[i] : (uint8_t)(in[i] << 6 | (in[i + 1] & 0x3f));
        if (letter >= 0x80 && letter < 0xa0) /* control codes */
            return -1;
        i += is_pair;
        out[count++] = letter;
    }
    return (int64_t)count;
}

#endif
