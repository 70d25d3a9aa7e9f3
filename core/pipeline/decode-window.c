/* SPDX-License-Identifier: MIT */
/* Sorting the next part of a selection. */
#include "pipeline/decode-window.h"

#include <stdlib.h>

/* Sorts first what is still ahead of the position, then what is before it. */
static uint64_t
distance_of(const struct mim_decode_window *window, uint64_t index)
{
    return index - window->position; /* unsigned, so that an index before the position wraps around */
}

static bool
add_visit(struct mim_decode_window *window, uint64_t index, uint64_t turn)
{
    struct mim_visit *last = window->count ? &window->visits[window->count - 1] : NULL;
    if (last && last->index == index) {
        last->uses++;
        return true;
    }
    if (window->count == window->size) {
        size_t size = window->size ? window->size * 2 : 64;
        struct mim_visit *moved = realloc(window->visits, size * sizeof *moved);
        if (!moved)
            return false;
        window->visits = moved;
        window->size = size;
    }
    window->visits[window->count++] = (struct mim_visit){ .index = index, .turn = turn, .uses = 1 };
    window->lowest = index < window->lowest ? index : window->lowest;
    window->highest = index > window->highest ? index : window->highest;
    return true;
}

static void
collect_visits(struct mim_decode_window *window, const struct mim_selection *selection, struct mim_cursor at,
               const struct mim_decode_window_bounds *bounds)
{
    uint64_t index, turn = 0;
    window->lowest = window->after = MIM_UNKNOWN;
    window->highest = 0;
    for (; mim_cursor_index(&at, selection, &index); mim_cursor_advance(&at, selection)) {
        bool is_beyond = window->count >= bounds->max && index != window->visits[window->count - 1].index;
        if (is_beyond || (turn && index < bounds->floor) || !add_visit(window, index, turn++)) {
            window->after = index;
            return;
        }
    }
}

static int
compare_visits(const void *a, const void *b)
{
    const struct mim_visit *left = a, *right = b;
    if (left->index != right->index)
        return left->index < right->index ? -1 : 1;
    return left->turn < right->turn ? -1 : left->turn > right->turn;
}

static void
sort_visits(struct mim_decode_window *window)
{
    size_t count = 0;
    for (size_t i = 0; i < window->count; i++)
        window->visits[i].index = distance_of(window, window->visits[i].index);
    qsort(window->visits, window->count, sizeof *window->visits, compare_visits);
    for (size_t i = 0; i < window->count; i++) {
        struct mim_visit *visit = &window->visits[i];
        visit->index += window->position;
        if (count && window->visits[count - 1].index == visit->index)
            window->visits[count - 1].uses += visit->uses;
        else
            window->visits[count++] = *visit;
    }
    window->count = count;
}

void
mim_decode_window_open(struct mim_decode_window *window, const struct mim_selection *selection,
                       const struct mim_cursor *cursor, const struct mim_decode_window_bounds *bounds)
{
    mim_decode_window_clear(window);
    window->position = bounds->position;
    window->in_order = mim_cursor_ascent(cursor, selection, bounds->max);
    if (bounds->max < 2 || window->in_order >= bounds->max)
        return;
    collect_visits(window, selection, *cursor, bounds);
    window->in_order = !window->count || (window->count == 1 && window->visits[0].uses == 1);
    if (window->in_order)
        window->count = 0;
    else
        sort_visits(window);
}

void
mim_decode_window_clear(struct mim_decode_window *window)
{
    free(window->visits);
    *window = (struct mim_decode_window){ 0 };
}

struct mim_visit *
mim_decode_window_find(const struct mim_decode_window *window, uint64_t index)
{
    size_t low = 0, high = window->count;
    while (low < high) {
        size_t middle = (low + high) / 2;
        if (distance_of(window, window->visits[middle].index) < distance_of(window, index))
            low = middle + 1;
        else
            high = middle;
    }
    return low < window->count && window->visits[low].index == index ? &window->visits[low] : NULL;
}
