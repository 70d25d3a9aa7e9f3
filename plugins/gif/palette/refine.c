/* SPDX-License-Identifier: MIT */
/* S. P. Lloyd, "Least squares quantization in PCM", 1982. Integer sums make the palette independent of their order. */
#include "palette/refine.h"

#include <stdbool.h>

enum { STEPS = 5, BOLD_STEPS = 3, MAX_STEPS = 12 /* while entries are added */, MAX_COLOURS = 256 };

/* The points nearest to one colour. */
struct cluster {
    uint32_t count, red, green, blue;
    uint32_t farthest; /* its farthest point */
    uint32_t distance; /* squared distance to that point */
    uint64_t error;    /* sum of squared distances */
};

static inline void
assign_point(const struct gif_nearest *nearest, struct cluster *cluster, uint8_t entry, const struct gif_point *point,
             uint32_t key)
{
    int32_t red = key >> 16, green = key >> 8 & 0xff, blue = key & 0xff;
    int32_t r = red - nearest->red[entry], g = green - nearest->green[entry], b = blue - nearest->blue[entry];
    uint32_t distance = r * r + g * g + b * b;

    cluster->count += point->count;
    cluster->red += point->red;
    cluster->green += point->green;
    cluster->blue += point->blue;
    cluster->error += (uint64_t)distance * point->count;
    if (distance > cluster->distance) {
        cluster->distance = distance;
        cluster->farthest = key;
    }
}

static inline uint32_t
within_range(int32_t value)
{
    return value < 0 ? 0 : value > 255 ? 255 : value;
}

/* Move a channel to the mean. Bold steps overshoot by half, since successive steps mostly continue in one direction. */
static inline uint32_t
moved_shade(uint32_t from, uint32_t sum, uint32_t count, bool is_bold)
{
    int32_t mean = (sum + count / 2) / count;

    return within_range(is_bold ? mean + (mean - (int32_t)from) / 2 : mean);
}

static uint32_t
move_colour(uint32_t colour, const struct cluster *cluster, bool is_bold)
{
    return moved_shade(colour >> 16, cluster->red, cluster->count, is_bold) << 16 |
           moved_shade(colour >> 8 & 0xff, cluster->green, cluster->count, is_bold) << 8 |
           moved_shade(colour & 0xff, cluster->blue, cluster->count, is_bold);
}

/* The cluster with the largest error. */
static struct cluster *
worst_of(struct cluster *clusters, uint32_t count)
{
    struct cluster *worst = clusters;

    for (uint32_t i = 1; i < count; i++)
        if (clusters[i].error > worst->error)
            worst = &clusters[i];
    return worst;
}

static uint32_t
fill_entries(struct cluster *clusters, uint32_t clusters_count, uint32_t limit, uint32_t count, uint32_t *palette)
{
    while (count < limit) {
        struct cluster *worst = worst_of(clusters, clusters_count);
        if (!worst->error)
            break;
        palette[count++] = worst->farthest;
        worst->error = 0;
    }
    return count;
}

static uint32_t
refine_once(struct gif_nearest *nearest, const struct gif_points *points, uint32_t limit, uint32_t count, bool is_bold,
            uint32_t *palette)
{
    struct cluster clusters[MAX_COLOURS] = { { 0 } };
    uint32_t retained = 0;

    for (uint32_t i = 0; i < points->count; i++) {
        uint8_t entry = gif_nearest_to(nearest, points->cells[i]);
        assign_point(nearest, &clusters[entry], entry, &points->points[i], points->cells[i]);
    }
    for (uint32_t i = 0; i < count; i++)
        if (clusters[i].count)
            palette[retained++] = move_colour(palette[i], &clusters[i], is_bold);
    return fill_entries(clusters, count, limit, retained, palette);
}

uint32_t
gif_refine(struct gif_nearest *nearest, const struct gif_points *points, uint32_t limit, uint32_t count,
           uint32_t *palette)
{
    uint32_t before = 0;

    for (int i = 0; i < STEPS || (i < MAX_STEPS && count > before); i++) {
        /* rebuild the search lists only for new colours: the others move little */
        if (count != before)
            gif_nearest_set(nearest, palette, count);
        else
            gif_nearest_move(nearest, palette, count);
        before = count;
        count = refine_once(nearest, points, limit, count, i < BOLD_STEPS, palette);
    }
    return count;
}
