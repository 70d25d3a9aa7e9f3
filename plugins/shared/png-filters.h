/* SPDX-License-Identifier: MIT */
/* The row filters of PNG, which PDF uses too. */
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

/* Filter `size` bytes of a row: `out` gets the filter's number, then the bytes. `above` is NULL for a row of zeros. */
void shared_filter_row(int filter, const uint8_t *row, const uint8_t *above, uint64_t size, uint32_t pixel,
                       uint8_t *out);

/* Use the filter from none to `last` with the smallest sum of absolute signed bytes. `scratch` is as large as `out`. */
void shared_filter_row_best(const uint8_t *row, const uint8_t *above, uint64_t size, uint32_t pixel, int last,
                            uint8_t *out, uint8_t *scratch);

#endif
