/* SPDX-License-Identifier: MIT */
/* Xiaolin Wu, "Efficient statistical computations for optimal color quantization", Graphics Gems II, 1991. */
#include "quantize-wu.h"

#include <string.h>

#include "view.h"

enum { SHIFT = 3, MAX_COUNT = 1 << 24, MAX_BOXES = 256 };

/* Lower bounds are excluded, upper ones included. */
struct box {
    uint8_t low[3], high[3]; /* red, green, blue */
    double error;            /* the sum of squared distances to the mean */
};

void
gif_wu_clear(struct gif_wu *wu, uint64_t pixels)
{
    memset(wu, 0, sizeof *wu);
    wu->every = (pixels + MAX_COUNT - 1) / MAX_COUNT;
}

static inline uint32_t
cell(uint32_t red, uint32_t green, uint32_t blue)
{
    return (red * GIF_WU_SIDE + green) * GIF_WU_SIDE + blue;
}

void
gif_wu_add(struct gif_wu *wu, const uint32_t *keys, uint32_t count)
{
    for (uint32_t i = 0; i < count; i++) {
        if (keys[i] == GIF_NOTHING || (wu->every > 1 && wu->next++ % wu->every))
            continue;
        uint32_t red = keys[i] >> 16, green = keys[i] >> 8 & 0xff, blue = keys[i] & 0xff;
        struct gif_moments *at = &wu->cells[cell((red >> SHIFT) + 1, (green >> SHIFT) + 1, (blue >> SHIFT) + 1)];
        at->count++;
        at->red += red;
        at->green += green;
        at->blue += blue;
        at->square += red * red + green * green + blue * blue;
    }
}

static inline void
add(struct gif_moments *sum, const struct gif_moments *more)
{
    sum->count += more->count;
    sum->red += more->red;
    sum->green += more->green;
    sum->blue += more->blue;
    sum->square += more->square;
}

static inline void
subtract(struct gif_moments *sum, const struct gif_moments *less)
{
    sum->count -= less->count;
    sum->red -= less->red;
    sum->green -= less->green;
    sum->blue -= less->blue;
    sum->square -= less->square;
}

/* From moments of single cells to moments of all cells at or below one. */
static void
accumulate(struct gif_wu *wu)
{
    for (uint32_t red = 1; red < GIF_WU_SIDE; red++) {
        struct gif_moments area[GIF_WU_SIDE] = { { 0 } };
        for (uint32_t green = 1; green < GIF_WU_SIDE; green++) {
            struct gif_moments line = { 0 };
            for (uint32_t blue = 1; blue < GIF_WU_SIDE; blue++) {
                struct gif_moments *at = &wu->cells[cell(red, green, blue)];
                add(&line, at);
                add(&area[blue], &line);
                *at = area[blue];
                add(at, &wu->cells[cell(red - 1, green, blue)]);
            }
        }
    }
}

/* The part of a box whose coordinate on `axis` is at most `at`, but for what lies below the box on the other axes. */
static struct gif_moments
moments_up_to(const struct gif_wu *wu, const struct box *box, int axis, uint32_t at)
{
    uint32_t high[3], low[3];
    int one = (axis + 1) % 3, two = (axis + 2) % 3;
    struct gif_moments sum;

    for (int i = 0; i < 3; i++) {
        high[i] = box->high[i];
        low[i] = box->low[i];
    }
    high[axis] = at;
    sum = wu->cells[cell(high[0], high[1], high[2])];
    uint32_t corner[3] = { high[0], high[1], high[2] };
    corner[one] = low[one];
    subtract(&sum, &wu->cells[cell(corner[0], corner[1], corner[2])]);
    corner[two] = low[two];
    add(&sum, &wu->cells[cell(corner[0], corner[1], corner[2])]);
    corner[one] = high[one];
    subtract(&sum, &wu->cells[cell(corner[0], corner[1], corner[2])]);
    return sum;
}

static struct gif_moments
moments_of(const struct gif_wu *wu, const struct box *box)
{
    struct gif_moments sum = moments_up_to(wu, box, 0, box->high[0]);
    struct gif_moments below = moments_up_to(wu, box, 0, box->low[0]);

    subtract(&sum, &below);
    return sum;
}

/* Squared length of the sum of colours, over their count: what a box takes off the sum of squares. */
static double
gain_of(const struct gif_moments *moments)
{
    double red = moments->red, green = moments->green, blue = moments->blue;

    return moments->count ? (red * red + green * green + blue * blue) / moments->count : 0;
}

static void
set_error(const struct gif_wu *wu, struct box *box)
{
    struct gif_moments moments = moments_of(wu, box);
    int cells = 1;

    for (int i = 0; i < 3; i++)
        cells *= box->high[i] - box->low[i];
    box->error = cells > 1 ? moments.square - gain_of(&moments) : 0;
}

/* The best place to cut on one axis; 0 when there is none. */
static uint32_t
best_cut(const struct gif_wu *wu, const struct box *box, int axis, const struct gif_moments *whole, double *best)
{
    struct gif_moments below = moments_up_to(wu, box, axis, box->low[axis]);
    uint32_t cut = 0;

    for (uint32_t at = box->low[axis] + 1U; at < box->high[axis]; at++) {
        struct gif_moments lower = moments_up_to(wu, box, axis, at), upper = *whole;
        subtract(&lower, &below);
        subtract(&upper, &lower);
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
split(const struct gif_wu *wu, struct box *box, struct box *other)
{
    struct gif_moments whole = moments_of(wu, box);
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
mean_of(const struct gif_moments *moments)
{
    uint64_t half = moments->count / 2, count = moments->count;

    return (uint32_t)((moments->red + half) / count << 16 | (moments->green + half) / count << 8 |
                      (moments->blue + half) / count);
}

uint32_t
gif_wu_palette(struct gif_wu *wu, uint32_t limit, uint32_t *palette)
{
    struct box boxes[MAX_BOXES] = { { .high = { GIF_WU_SIDE - 1, GIF_WU_SIDE - 1, GIF_WU_SIDE - 1 } } };
    uint32_t count = 1, filled = 0;

    accumulate(wu);
    set_error(wu, &boxes[0]);
    while (count < limit) {
        struct box *worst = &boxes[worst_of(boxes, count)];
        if (worst->error <= 0)
            break;
        if (split(wu, worst, &boxes[count]))
            count++;
        else
            worst->error = 0; /* all in one cell */
    }
    for (uint32_t i = 0; i < count; i++) {
        struct gif_moments moments = moments_of(wu, &boxes[i]);
        if (moments.count)
            palette[filled++] = mean_of(&moments);
    }
    return filled;
}
