/* SPDX-License-Identifier: MIT */
/* Memory of the strings and lists that a bound state points to. */
#include "options/bound-options.h"

#include <stdint.h>
#include <stdlib.h>
#include <string.h>

struct piece {
    struct piece *next;
    max_align_t data[];
};

struct mim_bound_options {
    struct piece *pieces;
};

struct mim_bound_options *
mim_bound_options_create(void)
{
    return calloc(1, sizeof(struct mim_bound_options));
}

void
mim_bound_options_destroy(struct mim_bound_options *bound)
{
    while (bound && bound->pieces) {
        struct piece *piece = bound->pieces;
        bound->pieces = piece->next;
        free(piece);
    }
    free(bound);
}

void *
mim_bound_options_alloc(struct mim_bound_options *bound, size_t size)
{
    struct piece *piece = size < SIZE_MAX - sizeof *piece ? calloc(1, sizeof *piece + size) : NULL;
    if (!piece)
        return NULL;
    piece->next = bound->pieces;
    bound->pieces = piece;
    return piece->data;
}

char *
mim_bound_options_text(struct mim_bound_options *bound, const char *text)
{
    size_t size = strlen(text) + 1;
    char *copy = mim_bound_options_alloc(bound, size);
    return copy ? memcpy(copy, text, size) : NULL;
}
