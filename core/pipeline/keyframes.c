/* SPDX-License-Identifier: MIT */
/* A sorted list of key frames. */
#include "pipeline/keyframes.h"

#include <stdlib.h>
#include <string.h>

/* Entries that are not after `index`. */
static size_t
rank(const struct mim_keyframes *keys, uint64_t index)
{
    size_t low = 0, high = keys->count;
    while (low < high) {
        size_t middle = (low + high) / 2;
        if (keys->items[middle] <= index)
            low = middle + 1;
        else
            high = middle;
    }
    return low;
}

void
mim_keyframes_add(struct mim_keyframes *keys, uint64_t index)
{
    if (!keys->items && !(keys->items = malloc(MIM_MAX_KEYS * sizeof *keys->items)))
        return; /* fewer keys only make going back slower */

    size_t at = rank(keys, index);
    if (at && keys->items[at - 1] == index)
        return;
    if (keys->count == MIM_MAX_KEYS) {
        for (size_t i = 0; i < MIM_MAX_KEYS / 2; i++)
            keys->items[i] = keys->items[2 * i];
        keys->count = MIM_MAX_KEYS / 2;
        at = rank(keys, index);
    }
    memmove(keys->items + at + 1, keys->items + at, (keys->count - at) * sizeof *keys->items);
    keys->items[at] = index;
    keys->count++;
}

uint64_t
mim_keyframes_before(const struct mim_keyframes *keys, uint64_t index)
{
    size_t at = rank(keys, index);
    return at ? keys->items[at - 1] : 0;
}

void
mim_keyframes_clear(struct mim_keyframes *keys)
{
    free(keys->items);
    *keys = (struct mim_keyframes){ 0 };
}
