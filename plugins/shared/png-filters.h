/* SPDX-License-Identifier: MIT */
/* The filters of PNG: what each byte is told relative to. */
#ifndef MIM_SHARED_PNG_FILTERS_H
#define MIM_SHARED_PNG_FILTERS_H

#include <stdint.h>

enum {
    SHARED_FILTER_NONE,
    SHARED_FILTER_SUB,
    SHARED_FILTER_UP,
    SHARED_FILTER_AVERAGE,
    SHARED_FILTER_PAETH,
    SHARED_FILTERS
};

/** Filter `size` bytes of a row: `out` gets the filter's number, then the bytes. `above` may be NULL: zeros. */
void shared_filter_row(int filter, const uint8_t *row, const uint8_t *above, uint64_t size, uint32_t pixel,
                       uint8_t *out);

/** Try the filters from none to `last` and take the one with the smallest sum of bytes, read as signed. `out` is as
 * above, `scratch` as long. */
void shared_filter_row_best(const uint8_t *row, const uint8_t *above, uint64_t size, uint32_t pixel, int last,
                            uint8_t *out, uint8_t *scratch);

#endif
