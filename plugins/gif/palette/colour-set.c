/* SPDX-License-Identifier: MIT */
/* Open addressing with at most a quarter of the slots in use. Looks up runs of one colour once. */
#include "palette/colour-set.h"

#include <stdlib.h>
#include <string.h>

#include "palette/key.h"

void
gif_colour_set_clear(struct gif_colour_set *colours)
{
    *colours = (struct gif_colour_set){ 0 };
}

static uint32_t
find_slot(const struct gif_colour_set *colours, uint32_t key)
{
    uint32_t place = key * 0x9e3779b1U >> 22;

    while (colours->slots[place] && colours->keys[colours->slots[place] - 1] != key)
        place = (place + 1) % GIF_COLOURS_SLOTS;
    return place;
}

uint32_t
gif_colour_set_find(const struct gif_colour_set *colours, uint32_t key)
{
    uint32_t slot = colours->slots[find_slot(colours, key)];

    return slot ? slot - 1 : colours->count;
}

bool
gif_colour_set_add(struct gif_colour_set *colours, const uint32_t *keys, uint32_t count, uint32_t limit)
{
    uint32_t last = GIF_TRANSPARENT;

    for (uint32_t i = 0; i < count; i++) {
        if (keys[i] == last || keys[i] == GIF_TRANSPARENT)
            continue;
        last = keys[i];
        uint32_t place = find_slot(colours, last);
        if (colours->slots[place])
            continue;
        if (colours->count == limit)
            return false;
        colours->keys[colours->count++] = last;
        colours->slots[place] = colours->count;
    }
    return true;
}

static int
compare_descending(const void *one, const void *two)
{
    uint32_t a = *(const uint32_t *)one, b = *(const uint32_t *)two;

    return (a < b) - (a > b);
}

void
gif_colour_set_truncate(struct gif_colour_set *colours, uint32_t count)
{
    memset(colours->slots, 0, sizeof colours->slots);
    colours->count = count;
    for (uint32_t i = 0; i < count; i++)
        colours->slots[find_slot(colours, colours->keys[i])] = i + 1;
}

/* Descending, since Pillow 9 ignores later tables if the first one begins with the grays 0, 1, 2... */
void
gif_colour_set_sort(struct gif_colour_set *colours, uint32_t first)
{
    qsort(colours->keys + first, colours->count - first, sizeof *colours->keys, compare_descending);
    gif_colour_set_truncate(colours, colours->count);
}

void
gif_colour_set_map(const struct gif_colour_set *colours, const uint32_t *keys, uint32_t count, uint8_t transparent,
                   uint8_t *indices)
{
    uint32_t last = GIF_TRANSPARENT;
    uint8_t index = transparent;

    for (uint32_t i = 0; i < count; i++) {
        if (keys[i] != last) {
            last = keys[i];
            index = last == GIF_TRANSPARENT ? transparent : colours->slots[find_slot(colours, last)] - 1;
        }
        indices[i] = index;
    }
}
