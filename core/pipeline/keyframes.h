/* SPDX-License-Identifier: MIT */
/* Frames at which composing may start, as far as they have been seen. */
#ifndef MIM_CORE_PIPELINE_KEYFRAMES_H
#define MIM_CORE_PIPELINE_KEYFRAMES_H

#include <stddef.h>
#include <stdint.h>

#define MIM_MAX_KEYFRAMES 4096

/* Zeroed = frame 0 alone, where composing may always start. Bounded: when it is full, every other key is forgotten. */
struct mim_keyframes {
    uint64_t *items;
    size_t count;
};

void mim_keyframes_add(struct mim_keyframes *keyframes, uint64_t index);
/* The last one known that is not after `index`. */
uint64_t mim_keyframes_before(const struct mim_keyframes *keyframes, uint64_t index);
void mim_keyframes_clear(struct mim_keyframes *keyframes);

#endif
