/* SPDX-License-Identifier: MIT */
/* Numbers in the byte order of the file. */
#ifndef MIM_TIFF_FILE_BYTE_ORDER_H
#define MIM_TIFF_FILE_BYTE_ORDER_H

#include <stdbool.h>
#include <stdint.h>

struct tiff_order {
    bool is_big_endian, is_big_tiff;
};

uint64_t tiff_number(struct tiff_order order, const uint8_t *bytes, unsigned size);
/* Reverse the bytes of each sample; odd depths are streams of bits, which have no byte order. */
void tiff_swap(uint32_t bits, uint8_t *samples, uint64_t size);

#endif
