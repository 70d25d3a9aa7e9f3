/* SPDX-License-Identifier: MIT */
/* Random numbers that are the same everywhere. */
#ifndef MIM_GIF_TESTS_RANDOM_H
#define MIM_GIF_TESTS_RANDOM_H

#include <stdint.h>

static inline uint32_t
next_random(uint64_t *state)
{
    *state = *state * UINT64_C(6364136223846793005) + UINT64_C(1442695040888963407);
    return *state >> 33;
}

#endif
