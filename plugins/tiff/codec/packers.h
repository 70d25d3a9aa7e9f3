/* SPDX-License-Identifier: MIT */
/* What strips and tiles are compressed with here. Each function returns the bytes written to `to`, which has room for the
 * bound of `size`. */
#ifndef MIM_TIFF_PACKERS_H
#define MIM_TIFF_PACKERS_H

#include <stddef.h>
#include <stdint.h>

/* lzw.c: strings by their prefix and last byte. */
enum { TIFF_LZW_SLOTS = 1 << 14 }; /* four times the strings */
struct tiff_lzw_table {
    uint32_t slots[TIFF_LZW_SLOTS];
    uint16_t places[256];
};

size_t tiff_lzw_bound(size_t size);
size_t tiff_lzw_pack(struct tiff_lzw_table *table, const uint8_t *from, size_t size, uint8_t *to);

/* packbits.c: rows of `row` bytes, for no run goes from one into the next. */
size_t tiff_packbits_bound(size_t size, size_t row);
size_t tiff_packbits_pack(const uint8_t *from, size_t size, size_t row, uint8_t *to);

/* differences.c: each sample of a row less the one `step` samples before it; of floats, after their bytes were split by
 * significance, which takes `scratch` as large as the row. `to` is not `from`. */
void tiff_difference(unsigned bits, uint8_t *to, const uint8_t *from, size_t size, size_t step);
void tiff_difference_floats(unsigned bits, uint8_t *to, const uint8_t *from, size_t size, size_t step, uint8_t *scratch);

#endif
