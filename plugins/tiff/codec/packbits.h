/* SPDX-License-Identifier: MIT */
/* PackBits (TIFF 6.0, section 9). */
#ifndef MIM_TIFF_CODEC_PACKBITS_H
#define MIM_TIFF_CODEC_PACKBITS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

size_t tiff_packbits_bound(size_t size, size_t row);
/* Returns the bytes written to `to`, which holds tiff_packbits_bound(size, row). No run crosses the end of a row. */
size_t tiff_packbits_encode(const uint8_t *from, size_t size, size_t row, uint8_t *to);
/* Returns false when the runs do not fill `to`. */
bool tiff_packbits_decode(const uint8_t *coded, uint64_t coded_size, uint8_t *to, uint64_t size);

#endif
