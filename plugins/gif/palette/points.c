/* SPDX-License-Identifier: MIT */
/* Open addressing. Merges points into coarser ones when there are too many. */
#include "palette/points.h"

#include <string.h>

enum { FIRST_BITS = 7 };

static uint32_t
mask_of(uint32_t bits)
{
    return (0xffU << (8 - bits) & 0xff) * 0x010101;
}

/* The slot of a cell, or the free slot where it belongs. */
static inline uint16_t *
find_slot(struct gif_points *points, uint32_t cell)
{
    uint32_t place = cell * 0x9e3779b1U >> 16;

    while (points->slots[place] && points->cells[points->slots[place] - 1] != cell)
        place = (place + 1) % GIF_POINTS_SLOTS;
    return &points->slots[place];
}

static inline void
add_point(struct gif_points *points, uint32_t cell, const struct gif_point *more)
{
    uint16_t *slot = find_slot(points, cell);
    struct gif_point *point;

    if (!*slot) {
        points->cells[points->count] = cell;
        points->points[points->count] = (struct gif_point){ 0 };
        *slot = ++points->count;
    }
    point = &points->points[*slot - 1];
    point->count += more->count;
    point->red += more->red;
    point->green += more->green;
    point->blue += more->blue;
}

static void
coarsen_points(struct gif_points *points)
{
    uint32_t count = points->count, mask = mask_of(--points->bits);

    memset(points->slots, 0, sizeof points->slots);
    points->count = 0;
    for (uint32_t i = 0; i < count; i++) { /* in place: a point never moves to a higher number */
        struct gif_point point = points->points[i];
        add_point(points, points->cells[i] & mask, &point);
    }
}

static uint32_t
mean_of(const struct gif_point *point)
{
    uint32_t half = point->count / 2, count = point->count;

    return (point->red + half) / count << 16 | (point->green + half) / count << 8 | (point->blue + half) / count;
}

/* With this many colours errors are so large that precision matters less than the time for twice the points. */
static uint32_t
max_points(uint32_t bits)
{
    return bits == FIRST_BITS ? GIF_POINTS_MAX / 2 : GIF_POINTS_MAX;
}

static void
collect_points(struct gif_points *points, const struct gif_sample *sample, uint32_t bits)
{
    uint32_t mask = mask_of(bits);

    memset(points->slots, 0, sizeof points->slots);
    points->count = 0;
    points->bits = bits;
    for (uint32_t i = 0; i < sample->count; i++) {
        uint32_t key = sample->keys[i];
        while (points->count >= max_points(points->bits)) {
            coarsen_points(points);
            mask = mask_of(points->bits);
        }
        add_point(points, key & mask, &(struct gif_point){ 1, key >> 16, key >> 8 & 0xff, key & 0xff });
    }
}

void
gif_points_set(struct gif_points *points, const struct gif_sample *sample)
{
    collect_points(points, sample, FIRST_BITS);
    if (points->count < GIF_POINTS_MAX / 4)
        collect_points(points, sample, 8);
    for (uint32_t i = 0; i < points->count; i++)
        points->cells[i] = mean_of(&points->points[i]);
}
