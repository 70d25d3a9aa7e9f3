/* SPDX-License-Identifier: MIT */
/* Key frames as a sorted array. */
#include "pipeline/keyframes.h"

#include <stdlib.h>
#include <string.h>

/* Number of entries up to `index`, inclusive. */
static size_t
count_up_to(const struct mim_keyframes *keyframes, uint64_t index)
{
    size_t low = 0, high = keyframes->count;
    while (low < high) {
        size_t middle = (low + high) / 2;
        if (keyframes->items[middle] <= index)
            low = middle + 1;
        else
            high = middle;
    }
    return low;
}

void
mim_keyframes_add(struct mim_keyframes *keyframes, uint64_t index)
{
    if (!keyframes->items && !(keyframes->items = malloc(MIM_MAX_KEYFRAMES * sizeof *keyframes->items)))
        return; /* without key frames, going back is only slower */

    size_t at = count_up_to(keyframes, index);
    if (at && keyframes->items[at - 1] == index)
        return;
    if (keyframes->count == MIM_MAX_KEYFRAMES) {
        for (size_t i = 0; i < MIM_MAX_KEYFRAMES / 2; i++)
            keyframes->items[i] = keyframes->items[2 * i];
        keyframes->count = MIM_MAX_KEYFRAMES / 2;
        at = count_up_to(keyframes, index);
    }
    memmove(keyframes->items + at + 1, keyframes->items + at, (keyframes->count - at) * sizeof *keyframes->items);
    keyframes->items[at] = index;
    keyframes->count++;
}

uint64_t
mim_keyframes_before(const struct mim_keyframes *keyframes, uint64_t index)
{
    size_t at = count_up_to(keyframes, index);
    return at ? keyframes->items[at - 1] : 0;
}

void
mim_keyframes_clear(struct mim_keyframes *keyframes)
{
    free(keyframes->items);
    *keyframes = (struct mim_keyframes){ 0 };
}
