/* SPDX-License-Identifier: MIT */
/* Reduces fractions. */
#ifndef MIM_PNG_DIVISOR_H
#define MIM_PNG_DIVISOR_H

#include <stdint.h>

/* The greatest common divisor; with zero, the other number. */
static inline uint64_t
pngx_common_divisor(uint64_t a, uint64_t b)
{
    while (b) {
        uint64_t rest = a % b;
        a = b;
        b = rest;
    }
    return a;
}

#endif
