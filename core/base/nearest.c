/* SPDX-License-Identifier: MIT */
/* Compares names by their edit distance. */
#include "base/nearest.h"

#include <stdbool.h>
#include <stdint.h>
#include <string.h>

#define MOST_LETTERS 40

/* Edit distance: letters added, dropped, changed or swapped with a neighbour. */
static size_t
edit_distance(const char *a, const char *b)
{
    size_t a_size = strlen(a), b_size = strlen(b);
    if (a_size > MOST_LETTERS || b_size > MOST_LETTERS)
        return SIZE_MAX;
    size_t rows[3][MOST_LETTERS + 1];
    size_t *before = rows[0], *above = rows[1], *row = rows[2];
    for (size_t j = 0; j <= b_size; j++)
        above[j] = j;
    for (size_t i = 1; i <= a_size; i++) {
        row[0] = i;
        for (size_t j = 1; j <= b_size; j++) {
            size_t best = above[j - 1] + (a[i - 1] != b[j - 1]);
            if (above[j] + 1 < best)
                best = above[j] + 1;
            if (row[j - 1] + 1 < best)
                best = row[j - 1] + 1;
            if (i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1] && before[j - 2] + 1 < best)
                best = before[j - 2] + 1;
            row[j] = best;
        }
        size_t *free_row = before;
        before = above;
        above = row;
        row = free_row;
    }
    return above[b_size];
}

void
mim_nearest_offer(struct mim_nearest *nearest, const char *name)
{
    size_t length = strlen(nearest->wanted);
    bool begins = length >= 3 && !strncmp(nearest->wanted, name, length);
    size_t distance = begins ? 0 : edit_distance(nearest->wanted, name);
    if (distance > (strlen(name) + 2) / 3 || (nearest->found && distance >= nearest->distance))
        return;
    nearest->found = name;
    nearest->distance = distance;
}
