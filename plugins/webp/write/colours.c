/* SPDX-License-Identifier: MIT */
/* A set of colours that ends the count when it is full. */
#include "write/colours.h"

#include <string.h>

enum { SLOT_BITS = 10, SLOTS = 1 << SLOT_BITS, ROWS_PER_POLL = 64 };

struct colour_set {
    uint32_t count;
    bool is_used[SLOTS];
    uint32_t colours[SLOTS];
};

/* false: one too many. */
static bool
add_colour(struct colour_set *set, uint32_t colour)
{
    uint32_t slot = colour * 2654435761U >> (32 - SLOT_BITS);

    while (set->is_used[slot] && set->colours[slot] != colour)
        slot = (slot + 1) % SLOTS;
    if (set->is_used[slot])
        return true;
    set->is_used[slot] = true;
    set->colours[slot] = colour;
    return ++set->count <= WEBP_FEW_COLOURS;
}

static bool
add_row(struct colour_set *set, const uint8_t *row, uint32_t width, uint32_t channels)
{
    uint32_t colour = 0, last = 0;

    for (uint32_t x = 0; x < width; x++, row += channels, last = colour) {
        memcpy(&colour, row, channels);
        if ((x == 0 || colour != last) && !add_colour(set, colour))
            return false;
    }
    return true;
}

int32_t
webp_colours_are_few(struct mim_job *job, const struct mim_raster *raster, const struct mim_rect *rect, bool *are_few)
{
    struct colour_set set = { 0 };

    *are_few = true;
    for (uint32_t y = 0; y < rect->height && *are_few; y++) {
        int32_t status = y % ROWS_PER_POLL ? MIM_OK : job->host->poll(job);
        if (status != MIM_OK)
            return status;
        const uint8_t *row = raster->data + (rect->y + y) * raster->stride + (uint64_t)rect->x * raster->channels;
        *are_few = add_row(&set, row, rect->width, raster->channels);
    }
    return MIM_OK;
}
