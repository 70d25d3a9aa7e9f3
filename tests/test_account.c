/* SPDX-License-Identifier: MIT */
/* Working memory: its ceiling, what plugins and frames take of it, and what was most. */
#include <pthread.h>

#include "plugin/memory-budget.h"
#include "check.h"

#define MB UINT64_C(1000000)

static struct mim_memory_budget
account_of(uint64_t working, uint64_t result)
{
    struct mim_memory_budget budget;
    mim_memory_budget_init(&budget, &(struct mim_limits){ .working_bytes = working, .result_bytes = result });
    return budget;
}

static void
sixty_four_megabytes_are_there_at_least(void)
{
    struct mim_memory_budget budget = account_of(0, 256 * MB);

    CHECK(mim_memory_budget_free(&budget) == 64 * MB);
    mim_memory_budget_expect(&budget, 24 * MB); /* two of them + 16 MB are exactly as much */
    CHECK(mim_memory_budget_free(&budget) == 64 * MB);
}

static void
two_frames_and_sixteen_megabytes_make_it_larger(void)
{
    struct mim_memory_budget budget = account_of(0, 256 * MB);

    mim_memory_budget_expect(&budget, 24 * MB + 1);
    CHECK(mim_memory_budget_free(&budget) == 64 * MB + 2);
    mim_memory_budget_expect(&budget, 100 * MB);
    CHECK(mim_memory_budget_free(&budget) == 216 * MB);
    mim_memory_budget_expect(&budget, 1); /* a smaller frame takes nothing away */
    CHECK(mim_memory_budget_free(&budget) == 216 * MB);
}

static void
the_result_budget_caps_it(void)
{
    struct mim_memory_budget budget = account_of(0, 256 * MB);

    mim_memory_budget_expect(&budget, 120 * MB);
    CHECK(mim_memory_budget_free(&budget) == 256 * MB);
    mim_memory_budget_expect(&budget, 121 * MB);
    CHECK(mim_memory_budget_free(&budget) == 256 * MB);
    mim_memory_budget_expect(&budget, UINT64_MAX / 2 + 1); /* twice that is no number */
    CHECK(mim_memory_budget_free(&budget) == 256 * MB);
}

static void
a_small_result_budget_leaves_the_floor(void)
{
    struct mim_memory_budget budget = account_of(0, 1);

    mim_memory_budget_expect(&budget, 1000 * MB);
    CHECK(mim_memory_budget_free(&budget) == 64 * MB);
}

static void
without_a_result_budget_frames_alone_decide(void)
{
    struct mim_memory_budget budget = account_of(0, MIM_NO_LIMIT);

    mim_memory_budget_expect(&budget, 1000 * MB);
    CHECK(mim_memory_budget_free(&budget) == 2016 * MB);
    mim_memory_budget_expect(&budget, UINT64_MAX);
    CHECK(mim_memory_budget_free(&budget) == UINT64_MAX);
}

/* Below the floor and above the result budget alike. */
static void
the_callers_ceiling_applies(void)
{
    struct mim_memory_budget small = account_of(1000, 256 * MB), large = account_of(900 * MB, 256 * MB);

    mim_memory_budget_expect(&small, 100 * MB);
    CHECK(mim_memory_budget_free(&small) == 1000);
    mim_memory_budget_expect(&large, 1000 * MB);
    CHECK(mim_memory_budget_free(&large) == 900 * MB);
}

static void
an_encoder_raises_a_derived_ceiling(void)
{
    struct mim_memory_budget budget = account_of(0, 256 * MB), set = account_of(100 * MB, 256 * MB);

    mim_memory_budget_raise(&budget, 2000 * MB);
    CHECK(mim_memory_budget_charge(&budget, 2000 * MB) && mim_memory_budget_free(&budget) == 64 * MB);
    mim_memory_budget_raise(&budget, 501 * MB); /* beyond 2.5 GB */
    CHECK(mim_memory_budget_free(&budget) == 64 * MB);
    mim_memory_budget_raise(&set, MB);
    CHECK(mim_memory_budget_free(&set) == 100 * MB);
}

static void
exactly_the_ceiling_fits_and_one_byte_more_does_not(void)
{
    struct mim_memory_budget budget = account_of(1000, 0);

    CHECK(mim_memory_budget_fits(&budget, 1000) && !mim_memory_budget_fits(&budget, 1001));
    CHECK(!mim_memory_budget_charge(&budget, 1001));
    CHECK(mim_memory_budget_used(&budget) == 0);
    CHECK(mim_memory_budget_charge(&budget, 1000));
    CHECK(mim_memory_budget_free(&budget) == 0);
    CHECK(!mim_memory_budget_charge(&budget, 1));
    CHECK(mim_memory_budget_charge(&budget, 0));
}

static void
frames_and_plugin_share_it(void)
{
    struct mim_memory_budget budget = account_of(1000, 0);

    CHECK(mim_memory_budget_admit_frames(&budget, 600));
    CHECK(!mim_memory_budget_charge(&budget, 401));
    CHECK(mim_memory_budget_charge(&budget, 400));
    CHECK(!mim_memory_budget_admit_frames(&budget, 601));
    CHECK(mim_memory_budget_used(&budget) == 1000);      /* what was refused has changed nothing */
    CHECK(mim_memory_budget_admit_frames(&budget, 100)); /* it replaces what was said before */
    CHECK(mim_memory_budget_used(&budget) == 500);
}

static void
frames_in_flight_count_even_over_the_ceiling(void)
{
    struct mim_memory_budget budget = account_of(1000, 0);

    mim_memory_budget_set_frames(&budget, 5000);
    CHECK(mim_memory_budget_used(&budget) == 5000 && mim_memory_budget_free(&budget) == 0);
    CHECK(!mim_memory_budget_fits(&budget, 1) && !mim_memory_budget_charge(&budget, 1));
    mim_memory_budget_set_frames(&budget, 0);
    CHECK(mim_memory_budget_free(&budget) == 1000);
}

static void
refunds_never_exceed_charges(void)
{
    struct mim_memory_budget budget = account_of(1000, 0);

    CHECK(mim_memory_budget_admit_frames(&budget, 500));
    CHECK(mim_memory_budget_charge(&budget, 300));
    mim_memory_budget_refund(&budget, 100);
    CHECK(mim_memory_budget_used(&budget) == 700);
    mim_memory_budget_refund(&budget, 100000);
    CHECK(mim_memory_budget_used(&budget) == 500);
    CHECK(!mim_memory_budget_charge(&budget, 501));
}

static void
sums_beyond_64_bits_are_refused(void)
{
    struct mim_memory_budget budget = account_of(MIM_NO_LIMIT, 0);

    CHECK(mim_memory_budget_charge(&budget, 2));
    CHECK(!mim_memory_budget_charge(&budget, UINT64_MAX));
    CHECK(!mim_memory_budget_charge(&budget, UINT64_MAX - 1));
    CHECK(mim_memory_budget_used(&budget) == 2);
    CHECK(mim_memory_budget_charge(&budget, UINT64_MAX - 2));
    CHECK(mim_memory_budget_free(&budget) == 0);
    mim_memory_budget_set_frames(&budget, 10);
    CHECK(mim_memory_budget_used(&budget) == UINT64_MAX);
}

static void
the_peak_is_the_maximum_in_use(void)
{
    struct mim_memory_budget budget = account_of(1000, 0);

    CHECK(mim_memory_budget_charge(&budget, 300));
    CHECK(mim_memory_budget_admit_frames(&budget, 400));
    mim_memory_budget_refund(&budget, 300);
    CHECK(!mim_memory_budget_charge(&budget, 900)); /* refused: never held */
    CHECK(!mim_memory_budget_admit_frames(&budget, 2000));
    CHECK(budget.peak == 700);
    mim_memory_budget_set_frames(&budget, 1200);
    CHECK(budget.peak == 1200);
}

struct contest {
    struct mim_memory_budget budget;
    _Atomic uint64_t over;
};

static void *
take_and_give(void *user)
{
    struct contest *contest = user;
    for (int i = 0; i < 20000; i++)
        if (mim_memory_budget_charge(&contest->budget, 7)) {
            if (mim_memory_budget_used(&contest->budget) > 50 + 3 * 7) /* one that is about to be refused may show */
                contest->over++;
            mim_memory_budget_refund(&contest->budget, 7);
        }
    return NULL;
}

static void
threads_that_take_and_give_leave_nothing(void)
{
    struct contest contest = { .budget = account_of(50, 0) };
    pthread_t threads[3];

    for (int i = 0; i < 3; i++)
        CHECK(pthread_create(&threads[i], NULL, take_and_give, &contest) == 0);
    for (int i = 0; i < 1000; i++)
        if (mim_memory_budget_admit_frames(&contest.budget, 40))
            mim_memory_budget_set_frames(&contest.budget, 0);
    for (int i = 0; i < 3; i++)
        CHECK(pthread_join(threads[i], NULL) == 0);
    CHECK(mim_memory_budget_used(&contest.budget) == 0);
    CHECK(contest.budget.peak <= 50);
}

int
main(void)
{
    const struct CMUnitTest cases[] = {
        CASE(sixty_four_megabytes_are_there_at_least),
        CASE(two_frames_and_sixteen_megabytes_make_it_larger),
        CASE(the_result_budget_caps_it),
        CASE(a_small_result_budget_leaves_the_floor),
        CASE(without_a_result_budget_frames_alone_decide),
        CASE(the_callers_ceiling_applies),
        CASE(an_encoder_raises_a_derived_ceiling),
        CASE(exactly_the_ceiling_fits_and_one_byte_more_does_not),
        CASE(frames_and_plugin_share_it),
        CASE(frames_in_flight_count_even_over_the_ceiling),
        CASE(refunds_never_exceed_charges),
        CASE(sums_beyond_64_bits_are_refused),
        CASE(the_peak_is_the_maximum_in_use),
        CASE(threads_that_take_and_give_leave_nothing),
    };
    return cmocka_run_group_tests_name("account", cases, NULL, NULL);
}
