/* SPDX-License-Identifier: MIT */
/* Products and quotients of 64-bit integers, with the compiler's 128-bit type and without. */
#include "check.h"
#include "ratio-table.h"
#include "slow-ratio.h"

#define SEEDED 200000

static const struct ratio *ratio; /* the one under test */

static const uint64_t edges[] = {
    0, 1, 2, 3, 255, 65535, 65537, INT32_MAX, (uint64_t)INT32_MAX + 1, UINT32_MAX - 1, UINT32_MAX,
    (uint64_t)UINT32_MAX + 1, (uint64_t)UINT32_MAX + 2, INT64_MAX - 1, INT64_MAX, (uint64_t)INT64_MAX + 1, (uint64_t)INT64_MAX + 2,
    0xffffffff00000000, 0xffffffff00000001, 0x8000000080000000, 0x80000000ffffffff, UINT64_MAX - 1, UINT64_MAX,
};
#define EDGES (sizeof edges / sizeof *edges)

/* Numbers of all lengths, many with long runs of ones or zeros. */
static uint64_t
seeded(void)
{
    static uint64_t state = 0x9e3779b97f4a7c15;
    state ^= state << 13, state ^= state >> 7, state ^= state << 17;
    uint64_t value = state >> (state & 63);
    return state >> 62 == 0 ? ~value : state >> 62 == 1 ? edges[state % EDGES] + (state >> 8) % 3 - 1 : value;
}

static uint64_t
magnitude(int64_t value)
{
    return value < 0 ? 0 - (uint64_t)value : (uint64_t)value;
}

static void
products_are_exact(void)
{
    struct mim_ratio_wide most = ratio->multiply(UINT64_MAX, UINT64_MAX);
    CHECK(most.high == UINT64_MAX - 1 && most.low == 1);
    most = ratio->multiply(UINT32_MAX, UINT32_MAX);
    CHECK(most.high == 0 && most.low == 0xfffffffe00000001);
    most = ratio->multiply((uint64_t)1 << 63, 6);
    CHECK(most.high == 3 && most.low == 0);
    most = ratio->multiply(0x123456789abcdef0, 0xfedcba9876543210);
    CHECK(most.high == 0x121fa00ad77d7422 && most.low == 0x236d88fe5618cf00);
    CHECK(ratio->multiply(0, UINT64_MAX).high == 0 && ratio->multiply(0, UINT64_MAX).low == 0);
}

static void
sums_carry(void)
{
    struct mim_ratio_wide sum = ratio->add((struct mim_ratio_wide){ 1, UINT64_MAX }, 1);
    CHECK(sum.high == 2 && sum.low == 0);
    sum = ratio->add(sum, UINT64_MAX);
    CHECK(sum.high == 2 && sum.low == UINT64_MAX);
}

static void
quotients_leave_their_remainder(void)
{
    uint64_t rest = 0;
    CHECK(ratio->divide((struct mim_ratio_wide){ 0, 100 }, 7, &rest) == 14 && rest == 2);
    CHECK(ratio->divide((struct mim_ratio_wide){ 6, 5 }, 7, &rest) == 0xdb6db6db6db6db6e && rest == 3);
    CHECK(ratio->divide((struct mim_ratio_wide){ 6, 5 }, 7, NULL) == 0xdb6db6db6db6db6e);
    CHECK(ratio->divide((struct mim_ratio_wide){ UINT64_MAX - 1, UINT64_MAX }, UINT64_MAX, &rest) == UINT64_MAX);
    CHECK(rest == UINT64_MAX - 1);
}

/* Divisors for which the estimate of a digit is too large by one and by two. */
static void
estimates_of_a_quotient_are_corrected(void)
{
    uint64_t rest = 0;
    CHECK(ratio->divide((struct mim_ratio_wide){ 0x8000000000000000, 0 }, 0x80000000ffffffff, &rest) ==
          0xfffffffe00000005);
    CHECK(rest == 0x7ffffff900000005);
    CHECK(ratio->divide((struct mim_ratio_wide){ 0x7fffffff80000000, 0 }, 0x8000000000000001, &rest) ==
          0xfffffffefffffffe);
    CHECK(rest == 0x100000002);
}

static void
quotients_that_do_not_fit_are_the_greatest(void)
{
    uint64_t rest = 0;
    CHECK(ratio->divide((struct mim_ratio_wide){ 7, 0 }, 7, &rest) == UINT64_MAX && rest == UINT64_MAX);
    CHECK(ratio->divide((struct mim_ratio_wide){ 0, 5 }, 0, &rest) == UINT64_MAX && rest == UINT64_MAX);
    CHECK(ratio->scale_unsigned(UINT64_MAX, UINT64_MAX, 1) == UINT64_MAX);
    CHECK(ratio->scale_unsigned(UINT64_MAX, 2, 3) == 0xaaaaaaaaaaaaaaaa);
    CHECK(ratio->scale_unsigned(UINT64_MAX, 3, 2) == UINT64_MAX);
    CHECK(ratio->scale_unsigned((uint64_t)1 << 32, (uint64_t)1 << 32, 1) == UINT64_MAX);
    CHECK(ratio->scale_unsigned(7, 7, 0) == UINT64_MAX && ratio->scale_unsigned(0, 0, 0) == UINT64_MAX);
    CHECK(ratio->scale(INT64_MAX, 2, 1) == INT64_MAX && ratio->scale(INT64_MIN, 2, 1) == -INT64_MAX);
    CHECK(ratio->scale(1, 1, 0) == INT64_MAX && ratio->scale(-1, 1, 0) == -INT64_MAX);
}

static void
the_least_integer_is_never_a_result(void)
{
    CHECK(ratio->scale(INT64_MIN, 1, 1) == -INT64_MAX);
    CHECK(ratio->scale(INT64_MIN, UINT64_MAX, UINT64_MAX) == -INT64_MAX);
    CHECK(ratio->scale(INT64_MIN, 1, 2) == INT64_MIN / 2);
    CHECK(ratio->scale(INT64_MAX, UINT64_MAX, UINT64_MAX) == INT64_MAX);
    CHECK(ratio->scale(-INT64_MAX, UINT64_MAX - 1, UINT64_MAX - 1) == -INT64_MAX);
}

static void
halves_are_rounded_away_from_zero(void)
{
    CHECK(ratio->scale(1, 1, 2) == 1 && ratio->scale(-1, 1, 2) == -1);
    CHECK(ratio->scale(3, 1, 2) == 2 && ratio->scale(-3, 1, 2) == -2);
    CHECK(ratio->scale(1, 1, 3) == 0 && ratio->scale(2, 1, 3) == 1 && ratio->scale(-2, 1, 3) == -1);
    CHECK(ratio->scale_unsigned(5, 1, 10) == 1 && ratio->scale_unsigned(4, 1, 10) == 0);
    /* the same beyond 64 bits */
    CHECK(ratio->scale((int64_t)1 << 40, (uint64_t)1 << 40, (uint64_t)1 << 63) == 131072);
    CHECK(ratio->scale((int64_t)1 << 31, (uint64_t)3 << 31, (uint64_t)1 << 63) == 2);
    CHECK(ratio->scale(-((int64_t)1 << 31), (uint64_t)3 << 31, (uint64_t)1 << 63) == -2);
    CHECK(ratio->scale(-((int64_t)1 << 31), ((uint64_t)3 << 31) - 1, (uint64_t)1 << 63) == -1);
    /* an odd divisor has no middle: the nearest is one of its two neighbours */
    CHECK(ratio->scale_unsigned(INT64_MAX, 1, UINT64_MAX) == 0);
    CHECK(ratio->scale_unsigned((uint64_t)INT64_MAX + 1, 1, UINT64_MAX) == 1);
}

static void
times_between_time_bases(void)
{
    CHECK(ratio->scale(1, 100 * 1, 30) == 3);                 /* a frame at 30 a second, in hundredths */
    CHECK(ratio->scale(90000, 1000, 90000) == 1000);          /* a second of a 90 kHz clock, in milliseconds */
    CHECK(ratio->scale(107892, 1001 * 90000, 30000) == 323999676); /* an hour of NTSC, at 90 kHz */
    CHECK(ratio->scale(-48000, (uint64_t)UINT32_MAX * UINT32_MAX, (uint64_t)UINT32_MAX * UINT32_MAX) == -48000);
}

static void
whole_quotients_are_told_from_others(void)
{
    CHECK(ratio->is_whole(0, 5, 3) && ratio->is_whole(3, 5, 3) && ratio->is_whole(-3, 5, 3) && ratio->is_whole(6, 5, 3));
    CHECK(!ratio->is_whole(1, 5, 3) && !ratio->is_whole(-2, 5, 3));
    CHECK(!ratio->is_whole(0, 5, 0) && !ratio->is_whole(1, 1, 0));
    CHECK(ratio->is_whole(INT64_MIN, UINT64_MAX, 3) && ratio->is_whole(INT64_MIN, 3, (uint64_t)1 << 63));
    CHECK(!ratio->is_whole(INT64_MAX, UINT64_MAX - 1, 16) && ratio->is_whole(INT64_MAX, UINT64_MAX - 15, 16));
    CHECK(ratio->is_whole(INT64_MAX, UINT64_MAX, 1)); /* the quotient need not fit */
}

static void
products_are_compared(void)
{
    CHECK(ratio->compare(2, 3, 6, 1) == 0 && ratio->compare(2, 3, 7, 1) < 0 && ratio->compare(2, 4, 7, 1) > 0);
    CHECK(ratio->compare(UINT64_MAX, UINT64_MAX, UINT64_MAX, UINT64_MAX) == 0);
    CHECK(ratio->compare(UINT64_MAX, UINT64_MAX - 1, UINT64_MAX, UINT64_MAX) < 0);
    CHECK(ratio->compare((uint64_t)1 << 63, 4, (uint64_t)1 << 32, (uint64_t)1 << 33) == 0);
    CHECK(ratio->compare((uint64_t)1 << 63, 2, UINT64_MAX, 1) > 0 && ratio->compare(UINT64_MAX, 0, 0, 1) == 0);
}

static void
check_against_slow(uint64_t value, uint64_t num, uint64_t den)
{
    uint64_t rest, scaled = ratio->scale_unsigned(value, num, den);
    int64_t time = (int64_t)value;
    if (den == 0) {
        CHECK(scaled == UINT64_MAX);
        return;
    }
    CHECK(scaled == slow_scale(value, num, den));

    struct slow_quotient slow = slow_divide(value, num, den);
    uint64_t quotient = ratio->divide(ratio->multiply(value, num), den, &rest);
    CHECK(quotient == (slow.overflows ? UINT64_MAX : slow.whole) && rest == (slow.overflows ? UINT64_MAX : slow.rest));

    uint64_t size = slow_scale(magnitude(time), num, den);
    int64_t bounded = size > INT64_MAX ? INT64_MAX : (int64_t)size;
    CHECK(ratio->scale(time, num, den) == (time < 0 ? -bounded : bounded));
    CHECK(ratio->is_whole(time, num, den) == (slow_divide(magnitude(time), num, den).rest == 0));
}

static void
every_edge_meets_every_other(void)
{
    for (size_t a = 0; a < EDGES; a++)
        for (size_t b = 0; b < EDGES; b++)
            for (size_t c = 0; c < EDGES; c++)
                check_against_slow(edges[a], edges[b], edges[c]);
}

static void
seeded_numbers_agree_with_the_slow_way(void)
{
    for (int i = 0; i < SEEDED / 10; i++)
        check_against_slow(seeded(), seeded(), seeded());
}

static void
both_ways_agree(void)
{
    const struct ratio *a = &ratio_here, *b = ratio_portable;
    for (int i = 0; i < SEEDED; i++) {
        uint64_t value = seeded(), num = seeded(), den = seeded(), last = seeded(), rest_a, rest_b;
        struct mim_ratio_wide one = a->multiply(value, num), other = b->multiply(value, num);
        CHECK(one.high == other.high && one.low == other.low);
        CHECK(a->divide(one, den, &rest_a) == b->divide(one, den, &rest_b) && rest_a == rest_b);
        CHECK(a->scale_unsigned(value, num, den) == b->scale_unsigned(value, num, den));
        CHECK(a->scale((int64_t)value, num, den) == b->scale((int64_t)value, num, den));
        CHECK(a->is_whole((int64_t)value, num, den) == b->is_whole((int64_t)value, num, den));
        CHECK(a->compare(value, num, den, last) == b->compare(value, num, den, last));
        if (one.high < den && den != 0) /* what was divided comes back */
            CHECK(a->compare(value, num, 0, 0) >= 0 &&
                  a->add(a->multiply(a->divide(one, den, NULL), den), rest_a).low == one.low);
    }
}

static int
use_native(void **state)
{
    (void)state;
    ratio = &ratio_here;
    return 0;
}

static int
use_portable(void **state)
{
    (void)state;
    ratio = ratio_portable;
    return 0;
}

/* A claim that holds with the compiler's 128-bit type and without. */
#define CASES(function) \
    { #function, mim_test_call_case, use_native, NULL, (void *)(uintptr_t)(function) }, \
    { #function "_without_128_bits", mim_test_call_case, use_portable, NULL, (void *)(uintptr_t)(function) }

int
main(void)
{
    const struct CMUnitTest cases[] = {
        CASES(products_are_exact),
        CASES(sums_carry),
        CASES(quotients_leave_their_remainder),
        CASES(estimates_of_a_quotient_are_corrected),
        CASES(quotients_that_do_not_fit_are_the_greatest),
        CASES(the_least_integer_is_never_a_result),
        CASES(halves_are_rounded_away_from_zero),
        CASES(times_between_time_bases),
        CASES(whole_quotients_are_told_from_others),
        CASES(products_are_compared),
        CASES(every_edge_meets_every_other),
        CASES(seeded_numbers_agree_with_the_slow_way),
        CASE(both_ways_agree),
    };
    return cmocka_run_group_tests_name("ratio", cases, NULL, NULL);
}
