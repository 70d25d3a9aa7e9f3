/* SPDX-License-Identifier: MIT */
/* Kept canvases as a sorted array. */
#include "pipeline/checkpoints.h"

#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include "frame/buffer.h"

/* Number of entries up to `index`, inclusive. They are few. */
static size_t
count_up_to(const struct mim_checkpoints *checkpoints, uint64_t index)
{
    size_t count = checkpoints->count;
    while (count && checkpoints->items[count - 1].index > index)
        count--;
    return count;
}

static bool
make_space(struct mim_checkpoints *checkpoints)
{
    if (checkpoints->count < checkpoints->size)
        return true;
    size_t size = checkpoints->size ? checkpoints->size * 2 : 16;
    struct mim_checkpoint *moved = realloc(checkpoints->items, size * sizeof *moved);
    if (!moved)
        return false;
    checkpoints->items = moved;
    checkpoints->size = size;
    return true;
}

void
mim_checkpoints_add(struct mim_checkpoints *checkpoints, uint64_t index, struct mim_buffer *canvas)
{
    size_t at = count_up_to(checkpoints, index);
    if ((at && checkpoints->items[at - 1].index == index) || !make_space(checkpoints)) {
        mim_buffer_release(canvas);
        return;
    }
    struct mim_checkpoint *item = &checkpoints->items[at];
    memmove(item + 1, item, (checkpoints->count - at) * sizeof *item);
    *item = (struct mim_checkpoint){ .index = index, .canvas = canvas };
    checkpoints->count++;
}

const struct mim_checkpoint *
mim_checkpoints_before(const struct mim_checkpoints *checkpoints, uint64_t index)
{
    size_t at = count_up_to(checkpoints, index);
    return at ? &checkpoints->items[at - 1] : NULL;
}

void
mim_checkpoints_drop_after(struct mim_checkpoints *checkpoints, uint64_t index)
{
    while (checkpoints->count && checkpoints->items[checkpoints->count - 1].index > index)
        mim_buffer_release(checkpoints->items[--checkpoints->count].canvas);
}

void
mim_checkpoints_clear(struct mim_checkpoints *checkpoints)
{
    while (checkpoints->count)
        mim_buffer_release(checkpoints->items[--checkpoints->count].canvas);
    free(checkpoints->items);
    *checkpoints = (struct mim_checkpoints){ 0 };
}
