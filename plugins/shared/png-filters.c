/* SPDX-License-Identifier: MIT */
/* Row filters as loops that compilers vectorize: the whole row is known, so no step depends on the one before. */
#include "shared/png-filters.h"

#include <stdbool.h>
#include <string.h>

static void
subtract_row(const uint8_t *restrict row, const uint8_t *restrict from, uint64_t size, uint8_t *restrict out)
{
    for (uint64_t i = 0; i < size; i++)
        out[i] = (uint8_t)(row[i] - from[i]);
}

static void
filter_average(const uint8_t *restrict row, const uint8_t *restrict left, const uint8_t *restrict above, uint64_t size,
               uint8_t *restrict out)
{
    for (uint64_t i = 0; i < size; i++)
        out[i] = (uint8_t)(row[i] - (uint8_t)((left[i] + above[i]) >> 1));
}

/* PNG specification (third edition), 9.4: the predictor is the neighbour nearest to left + above - above left. */
static void
filter_paeth(const uint8_t *restrict row, const uint8_t *restrict left, const uint8_t *restrict above,
             const uint8_t *restrict corner, uint64_t size, uint8_t *restrict out)
{
    for (uint64_t i = 0; i < size; i++) {
        int16_t a = left[i], b = above[i], c = corner[i];
        int16_t from_a = (int16_t)(b - c), from_b = (int16_t)(a - c), from_c = (int16_t)(from_a + from_b);
        from_a = from_a < 0 ? (int16_t)-from_a : from_a;
        from_b = from_b < 0 ? (int16_t)-from_b : from_b;
        from_c = from_c < 0 ? (int16_t)-from_c : from_c;
        int16_t nearest = from_b <= from_c ? b : c, min = from_b <= from_c ? from_b : from_c;
        nearest = from_a <= min ? a : nearest;
        out[i] = (uint8_t)(row[i] - nearest);
    }
}

/* The first pixel has no left neighbour. */
static void
filter_start(int filter, const uint8_t *row, const uint8_t *above, uint64_t size, uint8_t *out)
{
    for (uint64_t i = 0; i < size; i++) {
        uint8_t up = above ? above[i] : 0;
        uint8_t from = filter == SHARED_FILTER_UP || filter == SHARED_FILTER_PAETH ? up
                       : filter == SHARED_FILTER_AVERAGE                           ? up >> 1
                                                                                   : 0;
        out[i] = (uint8_t)(row[i] - from);
    }
}

static void
filter_average_first(const uint8_t *restrict row, const uint8_t *restrict left, uint64_t size, uint8_t *restrict out)
{
    for (uint64_t i = 0; i < size; i++)
        out[i] = (uint8_t)(row[i] - (left[i] >> 1));
}

void
shared_filter_row(int filter, const uint8_t *row, const uint8_t *above, uint64_t size, uint32_t pixel, uint8_t *out)
{
    uint64_t rest = size > pixel ? size - pixel : 0;

    *out++ = (uint8_t)filter;
    if (filter == SHARED_FILTER_NONE || (filter == SHARED_FILTER_UP && !above)) {
        memcpy(out, row, size);
        return;
    }
    if (filter == SHARED_FILTER_UP) {
        subtract_row(row, above, size, out);
        return;
    }
    filter_start(filter, row, above, size - rest, out);
    if (filter == SHARED_FILTER_SUB || (filter == SHARED_FILTER_PAETH && !above))
        subtract_row(row + pixel, row, rest, out + pixel);
    else if (filter == SHARED_FILTER_PAETH)
        filter_paeth(row + pixel, row, above + pixel, above, rest, out + pixel);
    else if (above)
        filter_average(row + pixel, row, above + pixel, rest, out + pixel);
    else
        filter_average_first(row + pixel, row, rest, out + pixel);
}

static uint64_t
cost_of(const uint8_t *bytes, uint64_t size)
{
    uint64_t sum = 0;

    for (uint64_t i = 0; i < size;) {
        uint64_t end = size - i < 4096 ? size : i + 4096;
        uint32_t some = 0;
        for (; i < end; i++)
            some += bytes[i] < 128 ? bytes[i] : 256U - bytes[i];
        sum += some;
    }
    return sum;
}

void
shared_filter_row_best(const uint8_t *row, const uint8_t *above, uint64_t size, uint32_t pixel, int last, uint8_t *out,
                       uint8_t *scratch)
{
    uint64_t min = UINT64_MAX;

    for (int filter = SHARED_FILTER_NONE; filter <= last; filter++) {
        shared_filter_row(filter, row, above, size, pixel, scratch);
        uint64_t cost = cost_of(scratch + 1, size);
        if (cost >= min)
            continue;
        min = cost;
        memcpy(out, scratch, size + 1);
    }
}
