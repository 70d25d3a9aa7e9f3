/* SPDX-License-Identifier: MIT */
/*
 * Xiaolin Wu, "Efficient statistical computations for optimal color quantization", Graphics Gems II, 1991: splits
 * boxes of colours where this reduces the sum of squared errors most.
 */
#include "palette/quantize-wu.h"

#include <string.h>

enum { SHIFT = 3, MAX_BOXES = 256, SIDE = 33 };

/* Sums over the colours of a cell, later of all cells up to it. 32 bits are enough for a sample. */
struct moments {
    uint32_t count, red, green, blue;
    uint64_t square;
};

/* 860 KB. */
struct wu {
    struct moments cells[SIDE * SIDE * SIDE];
};

/* Lower bounds are excluded, upper ones included. */
struct box {
    uint8_t low[3], high[3]; /* red, green, blue */
    double error;            /* the sum of squared distances to the mean */
};

static inline uint32_t
cell_index(uint32_t red, uint32_t green, uint32_t blue)
{
    return (red * SIDE + green) * SIDE + blue;
}

/* Sum of squares as if all pixels were at the exact mean. A rounded mean would distort the small differences. */
static inline uint64_t
square_of(const struct gif_point *point)
{
    uint64_t red = point->red, green = point->green, blue = point->blue;

    return (red * red + green * green + blue * blue) / point->count;
}

/* Add each point to the cell of its mean. */
static void
count_colours(struct wu *wu, const struct gif_points *points)
{
    for (uint32_t i = 0; i < points->count; i++) {
        const struct gif_point *point = &points->points[i];
        uint32_t red = points->cells[i] >> 16, green = points->cells[i] >> 8 & 0xff, blue = points->cells[i] & 0xff;
        struct moments *at = &wu->cells[cell_index((red >> SHIFT) + 1, (green >> SHIFT) + 1, (blue >> SHIFT) + 1)];
        at->count += point->count;
        at->red += point->red;
        at->green += point->green;
        at->blue += point->blue;
        at->square += square_of(point);
    }
}

static inline void
add_moments(struct moments *sum, const struct moments *more)
{
    sum->count += more->count;
    sum->red += more->red;
    sum->green += more->green;
    sum->blue += more->blue;
    sum->square += more->square;
}

static inline void
subtract_moments(struct moments *sum, const struct moments *less)
{
    sum->count -= less->count;
    sum->red -= less->red;
    sum->green -= less->green;
    sum->blue -= less->blue;
    sum->square -= less->square;
}

/* Turn the moments of single cells into cumulative moments of all cells at or below. */
static void
accumulate_moments(struct wu *wu)
{
    for (uint32_t red = 1; red < SIDE; red++) {
        struct moments area[SIDE] = { { 0 } };
        for (uint32_t green = 1; green < SIDE; green++) {
            struct moments line = { 0 };
            for (uint32_t blue = 1; blue < SIDE; blue++) {
                struct moments *at = &wu->cells[cell_index(red, green, blue)];
                add_moments(&line, at);
                add_moments(&area[blue], &line);
                *at = area[blue];
                add_moments(at, &wu->cells[cell_index(red - 1, green, blue)]);
            }
        }
    }
}

/* Moments of all cells up to `at` on `axis` that are within the box on the other axes. */
static struct moments
moments_up_to(const struct wu *wu, const struct box *box, int axis, uint32_t at)
{
    uint32_t high[3], low[3];
    int one = (axis + 1) % 3, two = (axis + 2) % 3;
    struct moments sum;

    for (int i = 0; i < 3; i++) {
        high[i] = box->high[i];
        low[i] = box->low[i];
    }
    high[axis] = at;
    sum = wu->cells[cell_index(high[0], high[1], high[2])];
    uint32_t corner[3] = { high[0], high[1], high[2] };
    corner[one] = low[one];
    subtract_moments(&sum, &wu->cells[cell_index(corner[0], corner[1], corner[2])]);
    corner[two] = low[two];
    add_moments(&sum, &wu->cells[cell_index(corner[0], corner[1], corner[2])]);
    corner[one] = high[one];
    subtract_moments(&sum, &wu->cells[cell_index(corner[0], corner[1], corner[2])]);
    return sum;
}

static struct moments
moments_of(const struct wu *wu, const struct box *box)
{
    struct moments sum = moments_up_to(wu, box, 0, box->high[0]);
    struct moments below = moments_up_to(wu, box, 0, box->low[0]);

    subtract_moments(&sum, &below);
    return sum;
}

/* By how much a box at its mean reduces the sum of squares: squared sum over count. */
static double
gain_of(const struct moments *moments)
{
    double red = moments->red, green = moments->green, blue = moments->blue;

    return moments->count ? (red * red + green * green + blue * blue) / moments->count : 0;
}

static void
set_error(const struct wu *wu, struct box *box)
{
    struct moments moments = moments_of(wu, box);
    int cells = 1;

    for (int i = 0; i < 3; i++)
        cells *= box->high[i] - box->low[i];
    box->error = cells > 1 ? moments.square - gain_of(&moments) : 0;
}

/* The best cut on one axis, if it beats `*best`; else 0. */
static uint32_t
best_cut(const struct wu *wu, const struct box *box, int axis, const struct moments *whole, double *best)
{
    struct moments below = moments_up_to(wu, box, axis, box->low[axis]);
    uint32_t cut = 0;

    for (uint32_t at = box->low[axis] + 1U; at < box->high[axis]; at++) {
        struct moments lower = moments_up_to(wu, box, axis, at), upper = *whole;
        subtract_moments(&lower, &below);
        subtract_moments(&upper, &lower);
        if (!lower.count || !upper.count)
            continue;
        double gain = gain_of(&lower) + gain_of(&upper);
        if (gain > *best) {
            *best = gain;
            cut = at;
        }
    }
    return cut;
}

static int
split_box(const struct wu *wu, struct box *box, struct box *other)
{
    struct moments whole = moments_of(wu, box);
    double best = 0;
    uint32_t cut = 0;
    int on = 0;

    for (int axis = 0; axis < 3; axis++) {
        uint32_t found = best_cut(wu, box, axis, &whole, &best);
        if (found) {
            cut = found;
            on = axis;
        }
    }
    if (!cut)
        return 0;
    *other = *box;
    box->high[on] = other->low[on] = cut;
    set_error(wu, box);
    set_error(wu, other);
    return 1;
}

static uint32_t
worst_of(const struct box *boxes, uint32_t count)
{
    uint32_t worst = 0;

    for (uint32_t i = 1; i < count; i++)
        if (boxes[i].error > boxes[worst].error)
            worst = i;
    return worst;
}

static uint32_t
mean_of(const struct moments *moments)
{
    uint64_t half = moments->count / 2, count = moments->count;

    return (uint32_t)((moments->red + half) / count << 16 | (moments->green + half) / count << 8 |
                      (moments->blue + half) / count);
}

static uint32_t
choose_wu(void *memory, struct gif_sample *sample, const struct gif_points *points, uint32_t limit, uint32_t *palette)
{
    struct box boxes[MAX_BOXES] = { { .high = { SIDE - 1, SIDE - 1, SIDE - 1 } } };
    uint32_t count = 1;
    struct wu *wu = memory;

    (void)sample;
    memset(wu, 0, sizeof *wu);
    count_colours(wu, points);
    accumulate_moments(wu);
    set_error(wu, &boxes[0]);
    while (count < limit) {
        struct box *worst = &boxes[worst_of(boxes, count)];
        if (worst->error <= 0)
            break;
        if (split_box(wu, worst, &boxes[count]))
            count++;
        else
            worst->error = 0; /* a single cell */
    }
    for (uint32_t i = 0; i < count; i++) { /* never empty: a cut leaves colours on both sides */
        struct moments moments = moments_of(wu, &boxes[i]);
        palette[i] = mean_of(&moments);
    }
    return count;
}

const struct gif_quantizer gif_quantizer_wu = { .choose = choose_wu, .memory_size = sizeof(struct wu) };
