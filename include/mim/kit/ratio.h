/* SPDX-License-Identifier: MIT */
/**
 * @file
 * Exact products and quotients of 64-bit integers: times between time bases, samples between ranges.
 *
 * Header-only, no memory of its own, any thread.
 */
#ifndef MIM_KIT_RATIO_H
#define MIM_KIT_RATIO_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/*
 * Intermediate results have 128 bits and use the compiler's own type. If it has none, or MIM_RATIO_PORTABLE is defined,
 * 64-bit arithmetic gives the same results.
 */
#if defined __SIZEOF_INT128__ && !defined MIM_RATIO_PORTABLE
#define MIM_RATIO_NATIVE
__extension__ typedef unsigned __int128 mim_ratio_u128;
#endif

/** An unsigned 128-bit integer: high * 2^64 + low. */
struct mim_ratio_wide {
    uint64_t high, low;
};

/** Return a + b modulo 2^128. */
static inline struct mim_ratio_wide
mim_ratio_add(struct mim_ratio_wide a, uint64_t b)
{
    a.low += b;
    a.high += a.low < b;
    return a;
}

/** Return a * b, which always fits. */
static inline struct mim_ratio_wide
mim_ratio_multiply(uint64_t a, uint64_t b)
{
    struct mim_ratio_wide product;
#ifdef MIM_RATIO_NATIVE
    mim_ratio_u128 wide = (mim_ratio_u128)a * b;
    product.high = (uint64_t)(wide >> 64);
    product.low = (uint64_t)wide;
#else
    uint64_t a_high = a >> 32, a_low = a & UINT32_MAX, b_high = b >> 32, b_low = b & UINT32_MAX;
    uint64_t low = a_low * b_low, middle = a_high * b_low + (low >> 32);
    uint64_t other = a_low * b_high + (middle & UINT32_MAX);
    product.high = a_high * b_high + (middle >> 32) + (other >> 32);
    product.low = other << 32 | (low & UINT32_MAX);
#endif
    return product;
}

#ifndef MIM_RATIO_NATIVE
/*
 * Return one 32-bit digit of a quotient: (*rest * 2^32 + digit) / den, for den >= 2^63 and *rest < den. As in Knuth's
 * algorithm D, the estimate from the upper half of den is at most two too large.
 */
static inline uint64_t
mim_ratio_divide_step(uint64_t *rest, uint64_t digit, uint64_t den)
{
    uint64_t den_high = den >> 32, den_low = den & UINT32_MAX;
    uint64_t quotient = *rest / den_high, left = *rest % den_high;
    while (quotient > UINT32_MAX || quotient * den_low > (left << 32 | digit)) {
        quotient--;
        left += den_high;
        if (left > UINT32_MAX)
            break;
    }
    *rest = (*rest << 32 | digit) - quotient * den; /* both modulo 2^64, where the difference fits */
    return quotient;
}
#endif

/**
 * Return num / den, rounded down, and store the remainder in `rest` unless that is NULL.
 *
 * If the quotient is 2^64 or more, or den is 0, quotient and remainder are UINT64_MAX, which no other remainder is.
 */
static inline uint64_t
mim_ratio_divide(struct mim_ratio_wide num, uint64_t den, uint64_t *rest)
{
    uint64_t quotient, left;
    if (num.high >= den) {
        quotient = left = UINT64_MAX;
    } else if (num.high == 0) {
        quotient = num.low / den;
        left = num.low % den;
    } else {
#ifdef MIM_RATIO_NATIVE
        mim_ratio_u128 wide = (mim_ratio_u128)num.high << 64 | num.low;
        quotient = (uint64_t)(wide / den);
        left = num.low - quotient * den; /* modulo 2^64, where it fits */
#else
        unsigned shift = 0;
        for (; !(den >> 63); shift++)
            den <<= 1;
        left = shift ? num.high << shift | num.low >> (64 - shift) : num.high;
        num.low <<= shift;
        quotient = mim_ratio_divide_step(&left, num.low >> 32, den) << 32;
        quotient |= mim_ratio_divide_step(&left, num.low & UINT32_MAX, den);
        left >>= shift;
#endif
    }
    if (rest != NULL)
        *rest = left;
    return quotient;
}

/** Return value * num / den, rounded to nearest, halves up. The result is UINT64_MAX if it is larger than that or den
 * is 0. */
static inline uint64_t
mim_ratio_scale_unsigned(uint64_t value, uint64_t num, uint64_t den)
{
    if (den != 0 && (value | num | den) <= UINT32_MAX)
        return (value * num + den / 2) / den;
    return mim_ratio_divide(mim_ratio_add(mim_ratio_multiply(value, num), den / 2), den, NULL);
}

/**
 * Return value * num / den, rounded to nearest, halves away from zero.
 *
 * The result is clamped to -INT64_MAX and INT64_MAX, so that no time becomes INT64_MIN, which is MIM_NO_PTS. If den is
 * 0, it is the bound with the sign of the value.
 */
static inline int64_t
mim_ratio_scale(int64_t value, uint64_t num, uint64_t den)
{
    uint64_t size = mim_ratio_scale_unsigned(value < 0 ? 0 - (uint64_t)value : (uint64_t)value, num, den);
    int64_t scaled = size > INT64_MAX ? INT64_MAX : (int64_t)size;
    return value < 0 ? -scaled : scaled;
}

/** Return whether value * num / den is an integer. Returns false if den is 0. */
static inline bool
mim_ratio_is_whole(int64_t value, uint64_t num, uint64_t den)
{
    struct mim_ratio_wide product = mim_ratio_multiply(value < 0 ? 0 - (uint64_t)value : (uint64_t)value, num);
    uint64_t rest;
    if (den == 0)
        return false;
    product.high %= den; /* changes the quotient by a multiple of 2^64, and no remainder */
    mim_ratio_divide(product, den, &rest);
    return rest == 0;
}

/** Compare a * b with c * d. Returns a negative number, 0 or a positive number if the first is less, equal or greater.
 * */
static inline int
mim_ratio_compare(uint64_t a, uint64_t b, uint64_t c, uint64_t d)
{
    struct mim_ratio_wide left = mim_ratio_multiply(a, b), right = mim_ratio_multiply(c, d);
    if (left.high != right.high)
        return left.high < right.high ? -1 : 1;
    return left.low == right.low ? 0 : left.low < right.low ? -1 : 1;
}

/** The greatest common divisor; if one number is 0, the other. */
static inline uint64_t
mim_ratio_common_divisor(uint64_t a, uint64_t b)
{
    while (b) {
        uint64_t rest = a % b;
        a = b;
        b = rest;
    }
    return a;
}

#endif
