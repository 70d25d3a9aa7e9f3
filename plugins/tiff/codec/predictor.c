/* SPDX-License-Identifier: MIT */
/* Applying and undoing the predictor (TIFF 6.0, section 14, and technical note 3). */
#include "codec/predictor.h"

#include <stdbool.h>
#include <string.h>

#include "codec/prefix-sum.h"

enum { WIDE = 16 }; /* bytes of a vector register on all common machines */

#define DIFFERENCE_OF(name, type)                                                              \
    static void name(uint8_t *to, const uint8_t *from, size_t size, size_t step)               \
    {                                                                                          \
        typedef type wide __attribute__((vector_size(WIDE)));                                  \
        size_t back = step * sizeof(type), i = back < size ? back : size;                      \
        memcpy(to, from, i);                                                                   \
        for (; i + WIDE <= size; i += WIDE) {                                                  \
            wide value, before;                                                                \
            memcpy(&value, from + i, WIDE);                                                    \
            memcpy(&before, from + i - back, WIDE);                                            \
            value -= before;                                                                   \
            memcpy(to + i, &value, WIDE);                                                      \
        }                                                                                      \
        for (; i < size; i += sizeof(type)) {                                                  \
            type value, before;                                                                \
            memcpy(&value, from + i, sizeof value);                                            \
            memcpy(&before, from + i - back, sizeof before);                                   \
            value = (type)(value - before);                                                    \
            memcpy(to + i, &value, sizeof value);                                              \
        }                                                                                      \
    }

DIFFERENCE_OF(difference_of_8, uint8_t)
DIFFERENCE_OF(difference_of_16, uint16_t)
DIFFERENCE_OF(difference_of_32, uint32_t)
DIFFERENCE_OF(difference_of_64, uint64_t)

void
tiff_predict(unsigned bits, uint8_t *to, const uint8_t *from, size_t size, size_t step)
{
    if (bits == 8)
        difference_of_8(to, from, size, step);
    else if (bits == 16)
        difference_of_16(to, from, size, step);
    else if (bits == 32)
        difference_of_32(to, from, size, step);
    else
        difference_of_64(to, from, size, step);
}

/* Store the highest bytes of all samples, then the next lower ones. */
static void
split_bytes(unsigned bytes, uint8_t *to, const uint8_t *from, size_t count)
{
    for (unsigned byte = 0; byte < bytes; byte++) {
        unsigned place = __BYTE_ORDER__ == __ORDER_BIG_ENDIAN__ ? byte : bytes - 1 - byte;
        for (size_t i = 0; i < count; i++)
            to[byte * count + i] = from[i * bytes + place];
    }
}

void
tiff_predict_floats(unsigned bits, uint8_t *to, const uint8_t *from, size_t size, size_t step, uint8_t *scratch)
{
    split_bytes(bits / 8, scratch, from, size / (bits / 8));
    difference_of_8(to, scratch, size, step);
}

/* The reverse of split_bytes(). */
static void
join_bytes(const uint8_t *split_bytes, uint8_t *row, uint64_t count, unsigned bytes)
{
    bool is_big_endian = __BYTE_ORDER__ == __ORDER_BIG_ENDIAN__;
    for (unsigned byte = 0; byte < bytes; byte++) {
        const uint8_t *from = split_bytes + (is_big_endian ? byte : bytes - 1 - byte) * count;
        for (uint64_t i = 0; i < count; i++)
            row[i * bytes + byte] = from[i];
    }
}

/* Four bytes, the usual size, in one pass. */
static void
join_words(const uint8_t *split_bytes, uint8_t *row, uint64_t count)
{
    for (uint64_t i = 0; i < count; i++) {
        uint32_t value = (uint32_t)split_bytes[i] << 24 | (uint32_t)split_bytes[count + i] << 16 |
                         (uint32_t)split_bytes[2 * count + i] << 8 | split_bytes[3 * count + i];
        memcpy(row + 4 * i, &value, sizeof value);
    }
}

void
tiff_unpredict(unsigned bits, uint8_t *row, uint64_t size, uint32_t step)
{
    tiff_prefix_sum_of(bits)(row, size / (bits / 8), step);
}

void
tiff_unpredict_floats(unsigned bits, uint8_t *row, uint64_t size, uint32_t step, uint8_t *scratch)
{
    unsigned bytes = bits / 8;
    memcpy(scratch, row, size);
    tiff_prefix_sum_of(8)(scratch, size, step);
    if (bytes == 4)
        join_words(scratch, row, size / 4);
    else
        join_bytes(scratch, row, size / bytes, bytes);
}
