/* SPDX-License-Identifier: MIT */
/*
 * Every pixel depends on the one to its left, so the bytes of a pixel are computed at once, as vectors that compilers
 * translate for any processor. All vectors hold eight bytes, of which the first pixel's count: the next one overwrites
 * the others.
 */
#include "read/unfilter.h"

#include <string.h>

#include "shared/png-filters.h"

/* Without vector registers, gcc warns that passing vectors depends on options; here all calls are inlined. */
#pragma GCC diagnostic ignored "-Wpsabi"

enum { VECTOR = 8 };

typedef uint8_t bytes __attribute__((vector_size(VECTOR)));
typedef int16_t lanes __attribute__((vector_size(2 * VECTOR)));

/* The neighbours of a pixel: left, above, and above left. */
typedef lanes (*predictor)(lanes left, lanes above, lanes corner);

static inline lanes
predict_left(lanes left, lanes above, lanes corner)
{
    (void)above, (void)corner;
    return left;
}

static inline lanes
predict_average(lanes left, lanes above, lanes corner)
{
    (void)corner;
    return (left + above) >> 1;
}

/*
 * PNG specification (third edition), 9.4: the neighbour nearest to left + above - corner. That is the corner if it is
 * between the others' thirds, else the neighbour on the side of the threshold.
 */
static inline lanes
predict_paeth(lanes left, lanes above, lanes corner)
{
    lanes threshold = 3 * corner - above - left;
    lanes is_less = left < above;
    lanes min = (left & is_less) | (above & ~is_less), max = (above & is_less) | (left & ~is_less);
    lanes is_low = max > threshold, is_high = threshold > min;
    lanes nearest = (corner & is_low) | (min & ~is_low);

    return (nearest & is_high) | (max & ~is_high);
}

static inline lanes
load_lanes(const uint8_t *from, uint64_t size)
{
    bytes loaded = { 0 };

    memcpy(&loaded, from, size);
    return __builtin_convertvector(loaded, lanes);
}

static inline void
store_lanes(uint8_t *to, lanes values, uint64_t size)
{
    bytes stored = __builtin_convertvector(values, bytes);

    memcpy(to, &stored, size);
}

static inline __attribute__((always_inline)) void
undo_prediction(predictor predict, const uint8_t *coded, const uint8_t *above, uint64_t size, uint32_t pixel,
                uint8_t *out)
{
    lanes left = { 0 }, corner = { 0 };
    uint64_t i = 0;

    for (; i + VECTOR <= size; i += pixel) {
        lanes up = load_lanes(above + i, VECTOR);
        left = (load_lanes(coded + i, VECTOR) + predict(left, up, corner)) & UINT8_MAX;
        corner = up;
        store_lanes(out + i, left, VECTOR);
    }
    for (; i < size; i += pixel) {
        lanes up = load_lanes(above + i, pixel);
        left = (load_lanes(coded + i, pixel) + predict(left, up, corner)) & UINT8_MAX;
        corner = up;
        store_lanes(out + i, left, pixel);
    }
}

static void
undo_up(const uint8_t *restrict coded, const uint8_t *restrict above, uint64_t size, uint8_t *restrict out)
{
    for (uint64_t i = 0; i < size; i++)
        out[i] = (uint8_t)(coded[i] + above[i]);
}

static inline __attribute__((always_inline)) void
undo_filter(int filter, const uint8_t *coded, const uint8_t *above, uint64_t size, uint32_t pixel, uint8_t *out)
{
    if (filter == SHARED_FILTER_SUB)
        undo_prediction(predict_left, coded, above, size, pixel, out);
    else if (filter == SHARED_FILTER_AVERAGE)
        undo_prediction(predict_average, coded, above, size, pixel, out);
    else
        undo_prediction(predict_paeth, coded, above, size, pixel, out);
}

bool
pngx_unfilter_row(int filter, const uint8_t *coded, const uint8_t *above, uint64_t size, uint32_t pixel, uint8_t *out)
{
    if (filter < SHARED_FILTER_NONE || filter > SHARED_FILTER_PAETH)
        return false;
    if (filter == SHARED_FILTER_NONE)
        memcpy(out, coded, size);
    else if (filter == SHARED_FILTER_UP)
        undo_up(coded, above, size, out);
    else
        switch (pixel) { /* constants, for which compilers make one loop each */
        case 1:
            undo_filter(filter, coded, above, size, 1, out);
            break;
        case 2:
            undo_filter(filter, coded, above, size, 2, out);
            break;
        case 3:
            undo_filter(filter, coded, above, size, 3, out);
            break;
        case 4:
            undo_filter(filter, coded, above, size, 4, out);
            break;
        default:
            undo_filter(filter, coded, above, size, pixel, out);
            break; /* 6 or 8 */
        }
    return true;
}
