/* SPDX-License-Identifier: MIT */
/* What <mim/kit/ratio.h> computes, a bit at a time and without a product: the tests' second opinion. */
#ifndef MIM_TESTS_SLOW_RATIO_H
#define MIM_TESTS_SLOW_RATIO_H

#include <stdbool.h>
#include <stdint.h>

struct slow_quotient {
    uint64_t whole, rest; /* whole modulo 2^64 */
    bool overflows;
};

static inline void
slow_double(struct slow_quotient *sum)
{
    sum->overflows |= sum->whole >> 63;
    sum->whole <<= 1;
}

static inline void
slow_add(struct slow_quotient *sum, uint64_t whole)
{
    sum->whole += whole;
    sum->overflows |= sum->whole < whole;
}

/* rest + more, with what reaches den carried into whole. Both are below den: their sum need not fit 64 bits. */
static inline void
slow_add_rest(struct slow_quotient *sum, uint64_t more, uint64_t den)
{
    if (sum->rest < den - more) {
        sum->rest += more;
        return;
    }
    sum->rest -= den - more;
    slow_add(sum, 1);
}

/* value * num / den, rounded down; den is not 0. */
static inline struct slow_quotient
slow_divide(uint64_t value, uint64_t num, uint64_t den)
{
    struct slow_quotient sum = { 0, 0, false };
    int bit = 63;
    while (bit >= 0 && !(value >> bit))
        bit--;
    for (; bit >= 0; bit--) {
        slow_double(&sum);
        slow_add_rest(&sum, sum.rest, den);
        if (value >> bit & 1) {
            slow_add(&sum, num / den);
            slow_add_rest(&sum, num % den, den);
        }
    }
    return sum;
}

/* value * num / den to the nearest, halves up; UINT64_MAX for what is above. */
static inline uint64_t
slow_scale(uint64_t value, uint64_t num, uint64_t den)
{
    struct slow_quotient quotient = slow_divide(value, num, den);
    if (quotient.rest >= den - quotient.rest)
        slow_add(&quotient, 1);
    return quotient.overflows ? UINT64_MAX : quotient.whole;
}

#endif
