/* SPDX-License-Identifier: MIT */
/* The filters of PNG: what each byte is told relative to. */
#ifndef MIM_PNG_FILTER_H
#define MIM_PNG_FILTER_H

#include <stdint.h>

enum { PNGX_FILTER_NONE, PNGX_FILTER_SUB, PNGX_FILTER_UP, PNGX_FILTER_AVERAGE, PNGX_FILTER_PAETH, PNGX_FILTERS };

/** Filter `size` bytes of a row: `out` gets the filter's number, then the bytes. `above` may be NULL: zeros. */
void pngx_filter_row(int filter, const uint8_t *row, const uint8_t *above, uint64_t size, uint32_t pixel, uint8_t *out);

/** The filter that makes the sum of the bytes, taken as signed, smallest; `out` as above, `scratch` as long. */
void pngx_filter_row_best(const uint8_t *row, const uint8_t *above, uint64_t size, uint32_t pixel, uint8_t *out,
                          uint8_t *scratch);

#endif
