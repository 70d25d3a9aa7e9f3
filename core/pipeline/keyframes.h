/* SPDX-License-Identifier: MIT */
/* Frames at which composing may start, collected as they are seen. */
#ifndef MIM_CORE_PIPELINE_KEYFRAMES_H
#define MIM_CORE_PIPELINE_KEYFRAMES_H

#include <stddef.h>
#include <stdint.h>

#define MIM_MAX_KEYFRAMES 4096

/* Zeroed: empty. Frame 0 always counts as a key frame. When the array is full, every other entry is dropped. */
struct mim_keyframes {
    uint64_t *items;
    size_t count;
};

void mim_keyframes_add(struct mim_keyframes *keyframes, uint64_t index);
/* The last known key frame up to `index`, inclusive. */
uint64_t mim_keyframes_before(const struct mim_keyframes *keyframes, uint64_t index);
void mim_keyframes_clear(struct mim_keyframes *keyframes);

#endif
