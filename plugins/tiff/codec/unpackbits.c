/* SPDX-License-Identifier: MIT */
/* PackBits (TIFF 6.0, section 9), and bytes in the machine's order. */
#include <string.h>

#include "tiff.h"

bool
tiff_unpack_runs(const uint8_t *coded, uint64_t coded_size, uint8_t *to, uint64_t size)
{
    const uint8_t *end = coded + coded_size;
    uint8_t *out_end = to + size;
    while (to < out_end && coded < end) {
        int code = (int8_t)*coded++;
        uint64_t count = code < 0 ? 1 - (int64_t)code : 1 + (int64_t)code, room = (uint64_t)(out_end - to);
        if (code == -128)
            continue;
        if (count > room) /* libtiff warns and goes on */
            count = room;
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

#define SWAP_EACH(type, swap) \
    for (uint64_t i = 0; i < size / sizeof(type); i++) { \
        type value; \
        memcpy(&value, at + i * sizeof value, sizeof value); \
        value = swap(value); \
        memcpy(at + i * sizeof value, &value, sizeof value); \
    }

void
tiff_swap(uint32_t bits, uint8_t *at, uint64_t size)
{
    switch (bits) {
    case 16:
        SWAP_EACH(uint16_t, __builtin_bswap16)
        break;
    case 32:
        SWAP_EACH(uint32_t, __builtin_bswap32)
        break;
    case 64:
        SWAP_EACH(uint64_t, __builtin_bswap64)
        break;
    case 24:
        for (uint64_t i = 0; i + 2 < size; i += 3) {
            uint8_t first = at[i];
            at[i] = at[i + 2];
            at[i + 2] = first;
        }
        break;
    default: /* odd depths are streams of bits, whatever the order of bytes */
        break;
    }
}
