/* SPDX-License-Identifier: MIT */
/* Paul Heckbert, "Color image quantization for frame buffer display", SIGGRAPH 1982: median cut. */
#include <stddef.h>

#include "palette/quantize-median.h"

enum { MAX_BOXES = 256, VALUES = 256 };

/* A range of the sample's keys. */
struct box {
    uint32_t first, count;
    uint32_t shift;     /* of the channel with the largest range */
    uint32_t low, high; /* its range */
};

static inline uint32_t
value_of(uint32_t key, uint32_t shift)
{
    return key >> shift & 0xff;
}

static void
measure_box(const uint32_t *keys, struct box *box)
{
    box->low = box->high = box->shift = 0;
    for (uint32_t shift = 0; shift <= 16; shift += 8) {
        uint32_t low = VALUES, high = 0;
        for (uint32_t i = box->first; i < box->first + box->count; i++) {
            uint32_t value = value_of(keys[i], shift);
            low = value < low ? value : low;
            high = value > high ? value : high;
        }
        if (high - low <= box->high - box->low)
            continue;
        box->shift = shift;
        box->low = low;
        box->high = high;
    }
}

/* The value that splits the box into two halves, neither of them empty. */
static uint32_t
median_of(const uint32_t *keys, const struct box *box)
{
    uint32_t counts[VALUES] = { 0 }, sum = 0, value = box->low;

    for (uint32_t i = box->first; i < box->first + box->count; i++)
        counts[value_of(keys[i], box->shift)]++;
    for (;; value++) {
        sum += counts[value];
        if (sum >= box->count / 2 || value == box->high - 1)
            return value;
    }
}

static void
split_box(uint32_t *keys, struct box *box, struct box *other)
{
    uint32_t median = median_of(keys, box), at = box->first, end = box->first + box->count;

    for (uint32_t i = at; i < end; i++) {
        uint32_t key = keys[i];
        if (value_of(key, box->shift) > median)
            continue;
        keys[i] = keys[at];
        keys[at++] = key;
    }
    *other = (struct box){ .first = at, .count = end - at };
    box->count = at - box->first;
    measure_box(keys, box);
    measure_box(keys, other);
}

/* The largest box with more than one colour, or NULL. */
static struct box *
fullest_of(struct box *boxes, uint32_t count)
{
    struct box *fullest = NULL;

    for (uint32_t i = 0; i < count; i++)
        if (boxes[i].high > boxes[i].low && (!fullest || boxes[i].count > fullest->count))
            fullest = &boxes[i];
    return fullest;
}

static uint32_t
mean_of(const uint32_t *keys, const struct box *box)
{
    uint64_t sums[3] = { 0 };
    uint32_t mean = 0;

    for (uint32_t i = box->first; i < box->first + box->count; i++)
        for (uint32_t c = 0; c < 3; c++)
            sums[c] += value_of(keys[i], 8 * c);
    for (uint32_t c = 0; c < 3; c++)
        mean |= (uint32_t)((sums[c] + box->count / 2) / box->count) << 8 * c;
    return mean;
}

static uint32_t
choose_median(void *memory, struct gif_sample *sample, const struct gif_points *points, uint32_t limit,
              uint32_t *palette)
{
    struct box boxes[MAX_BOXES] = { { .count = sample->count } }, *fullest;
    uint32_t count = 1;
    (void)memory, (void)points;

    measure_box(sample->keys, &boxes[0]);
    while (count < limit && (fullest = fullest_of(boxes, count)))
        split_box(sample->keys, fullest, &boxes[count++]);
    for (uint32_t i = 0; i < count; i++)
        palette[i] = mean_of(sample->keys, &boxes[i]);
    return count;
}

const struct gif_quantizer gif_quantizer_median = { .choose = choose_median };
