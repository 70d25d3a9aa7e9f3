/* SPDX-License-Identifier: MIT */
/**
 * @file
 * Numbers in metadata, whatever their type.
 *
 * Header-only, no memory of its own, any thread.
 */
#ifndef MIM_KIT_NUMBERS_H
#define MIM_KIT_NUMBERS_H

#include <string.h>

#include <mim/plugin.h>

/** How many numbers a value of `type` (without flags) and `size` bytes has; 0 for other types. */
static inline uint64_t
mim_numbers_count(int32_t type, uint64_t size)
{
    if (type == MIM_META_RATIONAL || type == MIM_META_RATIONALS)
        return size / sizeof(struct mim_rational);
    return type >= MIM_META_INT && type <= MIM_META_REALS ? size / 8 : 0;
}

/** Number `index` of the value. A ratio with a zero denominator is 0. */
static inline double
mim_number_at(int32_t type, const void *value, uint64_t index)
{
    struct mim_rational ratio;
    int64_t whole;
    double real;

    if (type == MIM_META_RATIONAL || type == MIM_META_RATIONALS) {
        memcpy(&ratio, (const char *)value + index * sizeof ratio, sizeof ratio);
        return ratio.den ? (double)ratio.num / (double)ratio.den : 0;
    }
    if (type == MIM_META_INT || type == MIM_META_INTS) {
        memcpy(&whole, (const char *)value + index * sizeof whole, sizeof whole);
        return (double)whole;
    }
    memcpy(&real, (const char *)value + index * sizeof real, sizeof real);
    return real;
}

#endif
