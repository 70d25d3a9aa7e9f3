/* SPDX-License-Identifier: MIT */
/* LZW compression. */
#ifndef MIM_TIFF_CODEC_LZW_ENCODER_H
#define MIM_TIFF_CODEC_LZW_ENCODER_H

#include <stddef.h>
#include <stdint.h>

enum { TIFF_LZW_SLOTS = 1 << 14 }; /* four times the number of strings */

/* Strings by their prefix and last byte; about 66 KB, kept by a worker and reused. */
struct tiff_lzw_table {
    uint32_t slots[TIFF_LZW_SLOTS];
    uint16_t places[256];
};

size_t tiff_lzw_bound(size_t size);
/* Returns the bytes written to `to`, which holds tiff_lzw_bound(size). */
size_t tiff_lzw_encode(struct tiff_lzw_table *table, const uint8_t *from, size_t size, uint8_t *to);

#endif
