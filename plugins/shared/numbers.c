/* SPDX-License-Identifier: MIT */
/* Reads integers, reals and ratios as reals. */
#include "shared/numbers.h"

#include <string.h>

uint64_t
shared_numbers_count(int32_t type, uint64_t size)
{
    if (type == MIM_META_RATIONAL || type == MIM_META_RATIONALS)
        return size / sizeof(struct mim_rational);
    return type >= MIM_META_INT && type <= MIM_META_REALS ? size / 8 : 0;
}

double
shared_number_at(int32_t type, const void *value, uint64_t index)
{
    struct mim_rational ratio;
    int64_t whole;
    double real;

    switch (type) {
    case MIM_META_RATIONAL:
    case MIM_META_RATIONALS:
        memcpy(&ratio, (const char *)value + index * sizeof ratio, sizeof ratio);
        return ratio.den ? (double)ratio.num / (double)ratio.den : 0;
    case MIM_META_INT:
    case MIM_META_INTS:
        memcpy(&whole, (const char *)value + index * sizeof whole, sizeof whole);
        return (double)whole;
    }
    memcpy(&real, (const char *)value + index * sizeof real, sizeof real);
    return real;
}
