/* SPDX-License-Identifier: MIT */
/* Compares rasters row by row, and searches only left and right of the changes found so far. */
#include "frame/dirty-rect.h"

#include <stdbool.h>
#include <string.h>

#include "base/sample.h"
#include "base/size.h"

static bool
words_differ(const uint8_t *one, const uint8_t *other)
{
    uint64_t a, b;
    memcpy(&a, one, sizeof a);
    memcpy(&b, other, sizeof b);
    return a != b;
}

/* Index of the first byte that differs; `end` if none does. */
static size_t
first_change(const uint8_t *one, const uint8_t *other, size_t end)
{
    size_t at = 0;
    while (at + sizeof(uint64_t) <= end && !words_differ(one + at, other + at))
        at += sizeof(uint64_t);
    while (at < end && one[at] == other[at])
        at++;
    return at;
}

/* Index after the last byte that differs; `start` if none does. */
static size_t
end_of_changes(const uint8_t *one, const uint8_t *other, size_t start, size_t end)
{
    while (end >= start + sizeof(uint64_t) &&
           !words_differ(one + end - sizeof(uint64_t), other + end - sizeof(uint64_t)))
        end -= sizeof(uint64_t);
    while (end > start && one[end - 1] == other[end - 1])
        end--;
    return end;
}

void
mim_dirty_rect_add(struct mim_dirty_rect *rect, const struct mim_raster *one, const struct mim_raster *other,
                   uint32_t first, uint32_t end)
{
    uint32_t share = one->sample == MIM_SAMPLE_U1 ? 8 : 1; /* pixels of a unit that is compared */
    size_t unit = mim_sample_size((enum mim_sample)one->sample) * one->channels, row = mim_divide_up(one->width, share) * unit;

    for (uint32_t y = first; y < end; y++) {
        const uint8_t *a = one->data + y * one->stride, *b = other->data + y * other->stride;
        if (!memcmp(a, b, row))
            continue;
        if (!rect->bottom)
            *rect = (struct mim_dirty_rect){ .left = one->width, .top = y };
        size_t left = mim_divide_up(rect->left, share) * unit, right = mim_divide_up(rect->right, share) * unit;
        rect->left = (uint32_t)(first_change(a, b, left) / unit) * share;
        rect->right = (uint32_t)((end_of_changes(a, b, right, row) + unit - 1) / unit) * share;
        rect->right = rect->right > one->width ? one->width : rect->right;
        rect->bottom = y + 1;
    }
}
