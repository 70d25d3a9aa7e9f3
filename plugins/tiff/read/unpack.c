/* SPDX-License-Identifier: MIT */
/* Converts coded samples of any depth to mim's types. */
#include "read/unpack.h"

#include <math.h>
#include <string.h>

#include <tiff.h>

#include <mim/kit/ratio.h>

#include "file/sample.h"

static bool
is_signed(const struct tiff_page *page)
{
    return page->format == SAMPLEFORMAT_INT;
}

static uint64_t
low_bits(unsigned bits)
{
    return bits >= 64 ? UINT64_MAX : (1ull << bits) - 1;
}

uint64_t
tiff_sample_full(const struct tiff_page *page)
{
    unsigned bits = page->is_scaled ? tiff_sample_size(page->sample) * 8 : page->bits;
    return is_signed(page) ? low_bits(bits - 1) : low_bits(bits);
}

/* Scale full range to full range and round. Signed values keep their sign and scale by their positive range. */
static uint64_t
scale_value(const struct tiff_page *page, uint64_t value)
{
    uint64_t from = is_signed(page) ? low_bits(page->bits - 1) : low_bits(page->bits), to = tiff_sample_full(page);
    if (from == 0)
        return value;
    if (!is_signed(page))
        return mim_ratio_scale_unsigned(value, to, from);

    bool is_negative = (int64_t)value < 0;
    uint64_t size = is_negative ? -value : value;
    size = size > from ? to + 1 : mim_ratio_scale_unsigned(size, to, from);
    return is_negative ? -size : size;
}

/* Half and 24-bit floats have the same layout with other widths. Infinities and NaNs are kept. */
static float
small_float(uint32_t value, unsigned exponent_bits, unsigned mantissa_bits)
{
    uint32_t mantissa = value & (uint32_t)low_bits(mantissa_bits);
    int exponent = (int)((value >> mantissa_bits) & (uint32_t)low_bits(exponent_bits));
    int bias = (1 << (exponent_bits - 1)) - 1, top = (1 << exponent_bits) - 1;
    float size;

    if (exponent == top)
        size = mantissa ? NAN : INFINITY;
    else if (exponent == 0)
        size = ldexpf((float)mantissa, 1 - bias - (int)mantissa_bits);
    else
        size = ldexpf((float)(mantissa + (1u << mantissa_bits)), exponent - bias - (int)mantissa_bits);
    return value >> (exponent_bits + mantissa_bits) & 1 ? -size : size;
}

/* 24 bits is the one odd depth that libtiff converts to the machine's byte order. */
static uint64_t
three_bytes(const uint8_t *bytes)
{
    uint32_t value = 0;
    memcpy((char *)&value + (__BYTE_ORDER__ == __ORDER_BIG_ENDIAN__), bytes, 3);
    return value;
}

static uint32_t
two_bytes(const uint8_t *bytes)
{
    uint16_t value;
    memcpy(&value, bytes, 2);
    return value;
}

static void
unpack_floats(uint32_t bits, const uint8_t *coded, uint64_t count, uint8_t *to, uint64_t step)
{
    for (uint64_t i = 0; i < count; i++) {
        float wide = bits == 16 ? small_float(two_bytes(coded + 2 * i), 5, 10)
                                : small_float((uint32_t)three_bytes(coded + 3 * i), 7, 16);
        memcpy(to + i * step, &wide, sizeof wide);
    }
}

/* Most significant bit first, in any byte order of the file. */
struct bit_reader {
    const uint8_t *next;
    uint64_t pending;
    unsigned count;
};

static uint64_t
take_bits(struct bit_reader *reader, unsigned bits)
{
    if (bits > 32) {
        uint64_t upper = take_bits(reader, bits - 32);
        return upper << 32 | take_bits(reader, 32);
    }
    while (reader->count < bits) {
        reader->pending = reader->pending << 8 | *reader->next++;
        reader->count += 8;
    }
    reader->count -= bits;
    return reader->pending >> reader->count & low_bits(bits);
}

/* Store the low bytes of `value` on machines of either byte order. */
static void
store_value(uint8_t *to, uint64_t value, unsigned size)
{
    uint8_t v8 = (uint8_t)value;
    uint16_t v16 = (uint16_t)value;
    uint32_t v32 = (uint32_t)value;
    const void *from = size == 1   ? (const void *)&v8
                       : size == 2 ? (const void *)&v16
                       : size == 4 ? (const void *)&v32
                                   : &value;
    memcpy(to, from, size);
}

static uint64_t
widen_value(const struct tiff_page *page, uint64_t value)
{
    if (is_signed(page) && page->bits < 64 && value >> (page->bits - 1) & 1)
        value |= ~low_bits(page->bits);
    return page->is_scaled ? scale_value(page, value) : value;
}

static void
unpack_bits(const struct tiff_page *page, const uint8_t *coded, uint64_t count, uint8_t *to, uint64_t step)
{
    struct bit_reader reader = { .next = coded };
    unsigned size = tiff_sample_size(page->sample);
    for (uint64_t i = 0; i < count; i++) {
        uint64_t value = page->bits == 24 ? three_bytes(coded + 3 * i) : take_bits(&reader, page->bits);
        store_value(to + i * step, widen_value(page, value), size);
    }
}

/* With less than 8 bits, compute each possible value once. */
static void
unpack_bits_by_table(const struct tiff_page *page, const uint8_t *coded, uint64_t count, uint8_t *to, uint64_t step)
{
    uint8_t table[128];
    for (unsigned value = 0; value < 1u << page->bits; value++)
        table[value] = (uint8_t)widen_value(page, value);

    struct bit_reader reader = { .next = coded };
    for (uint64_t i = 0; i < count; i++)
        to[i * step] = table[take_bits(&reader, page->bits)];
}

static void
copy_samples(const uint8_t *from, uint64_t count, unsigned size, uint8_t *to, uint64_t step)
{
    if (step == size) {
        memcpy(to, from, count * size);
        return;
    }
    for (uint64_t i = 0; i < count; i++, from += size, to += step) {
        if (size == 1)
            *to = *from;
        else if (size == 2)
            memcpy(to, from, 2);
        else if (size == 4)
            memcpy(to, from, 4);
        else
            memcpy(to, from, 8);
    }
}

void
tiff_unpack(const struct tiff_page *page, const uint8_t *coded, uint64_t count, uint8_t *to, uint32_t step)
{
    unsigned size = tiff_sample_size(page->sample);
    if (page->is_packed)
        memcpy(to, coded, (count + 7) / 8);
    else if (page->bits == size * 8)
        copy_samples(coded, count, size, to, (uint64_t)step * size);
    else if (page->format == SAMPLEFORMAT_IEEEFP)
        unpack_floats(page->bits, coded, count, to, (uint64_t)step * size);
    else if (page->bits < 8)
        unpack_bits_by_table(page, coded, count, to, step);
    else
        unpack_bits(page, coded, count, to, (uint64_t)step * size);
}
