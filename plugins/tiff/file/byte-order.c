/* SPDX-License-Identifier: MIT */
/* Numbers in the byte order of the file. */
#include "file/byte-order.h"

#include <string.h>

uint64_t
tiff_number(struct tiff_order order, const uint8_t *bytes, unsigned size)
{
    uint64_t value = 0;
    for (unsigned i = 0; i < size; i++)
        value |= (uint64_t)bytes[i] << 8 * (order.is_big_endian ? size - 1 - i : i);
    return value;
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
    default: /* a stream of bits */
        break;
    }
}
