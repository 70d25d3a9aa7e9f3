/* SPDX-License-Identifier: MIT */
/* Arithmetic on sizes that come from files. */
#ifndef MIM_CORE_BASE_SIZE_H
#define MIM_CORE_BASE_SIZE_H

#include <stdbool.h>
#include <stdint.h>

/* false: overflow, `*out` is UINT64_MAX. */
static inline bool
mim_size_mul(uint64_t a, uint64_t b, uint64_t *out)
{
    if (!__builtin_mul_overflow(a, b, out))
        return true;
    *out = UINT64_MAX;
    return false;
}

static inline bool
mim_size_add(uint64_t a, uint64_t b, uint64_t *out)
{
    if (!__builtin_add_overflow(a, b, out))
        return true;
    *out = UINT64_MAX;
    return false;
}

/* a / by, rounded up, without overflow. */
static inline uint32_t
mim_divide_up(uint32_t a, uint32_t by)
{
    return a / by + (a % by != 0);
}

#endif
