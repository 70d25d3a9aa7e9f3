/* SPDX-License-Identifier: MIT */
/* The name that was probably meant by another. */
#ifndef MIM_CORE_BASE_NEAREST_H
#define MIM_CORE_BASE_NEAREST_H

#include <stddef.h>

struct mim_nearest {
    const char *wanted;
    const char *found; /* borrowed; NULL: none is near */
    size_t distance;
};

/* Takes a known name that is nearer than those before: `wanted` is its beginning, or at most a third of its letters differ. */
void mim_nearest_offer(struct mim_nearest *nearest, const char *name);

#endif
