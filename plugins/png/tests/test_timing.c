/* SPDX-License-Identifier: MIT */
/* Writes delays as 16-bit quotients, and reads them in one time base. */
#include "session.h"

#include <math.h>

#include "read/time-base.h"
#include "write/frame-timing.h"

static double
seconds_of(struct pngx_delay delay)
{
    return (double)delay.num / delay.den;
}

static void
exact_delays_stay_exact(void)
{
    const double given[] = { 0.1, 1.0 / 3, 0, 65535, 0.04 };
    const struct pngx_delay expected[] = { { 1, 10 }, { 1, 3 }, { 0, 1 }, { 65535, 1 }, { 1, 25 } };
    struct pngx_frame_timing timing = { .seconds = { .values = given, .count = 5 } };
    struct pngx_delay delay;

    for (uint64_t i = 0; i < 5; i++) {
        CHECK(pngx_frame_timing_delay(&timing, i, 0, &delay));
        CHECK(delay.num == expected[i].num && delay.den == expected[i].den);
    }
    timing = (struct pngx_frame_timing){ .fps = { 30000, 1001 } };
    CHECK(pngx_frame_timing_delay(&timing, 7, 0, &delay) && delay.num == 1001 && delay.den == 30000);
    timing = (struct pngx_frame_timing){ .time_num = 1, .time_den = 90000 };
    CHECK(pngx_frame_timing_delay(&timing, 0, 3003, &delay) && delay.num == 1001 && delay.den == 30000);
    timing = (struct pngx_frame_timing){ 0 };
    CHECK(pngx_frame_timing_delay(&timing, 0, 0, &delay) && delay.num == 1 && delay.den == 10);
}

static void
rounded_delays_sum_up_exactly(void)
{
    struct pngx_frame_timing timing = { .time_num = 1, .time_den = 1000003 };
    struct pngx_delay delay;
    double sum = 0, wanted = 0;

    for (uint64_t i = 0; i < 1000; i++) {
        int64_t ticks = 33333 + (int64_t)(i * 7 % 100);
        CHECK(pngx_frame_timing_delay(&timing, i, ticks, &delay));
        sum += seconds_of(delay);
        wanted += (double)ticks / 1000003;
        CHECK(fabs(sum - wanted) < 0.0001);
    }
}

static void
delays_that_are_too_long_fail(void)
{
    const double given = 65536;
    struct pngx_frame_timing timing = { .seconds = { .values = &given, .count = 1 } };
    struct pngx_delay delay;

    CHECK(!pngx_frame_timing_delay(&timing, 0, 0, &delay));
    timing = (struct pngx_frame_timing){ .time_num = 1, .time_den = 1 };
    CHECK(!pngx_frame_timing_delay(&timing, 0, INT64_MAX, &delay));
    timing = (struct pngx_frame_timing){ .time_num = UINT32_MAX, .time_den = 1 };
    CHECK(!pngx_frame_timing_delay(&timing, 0, INT64_MAX, &delay));
    timing = (struct pngx_frame_timing){ .time_num = 1, .time_den = 90000 };
    CHECK(pngx_frame_timing_delay(&timing, 0, 90001 * INT64_C(60000), &delay) && fabs(seconds_of(delay) - 60000.6) < 1);
}

static void
time_base_expresses_every_delay(void)
{
    const struct pngx_control controls[] = { { .delay_num = 1, .delay_den = 10 },
                                             { .delay_num = 1001, .delay_den = 30000 },
                                             { .delay_num = 0, .delay_den = 7 },
                                             { .delay_num = 65535, .delay_den = 1 } };
    struct pngx_time_base time_base = { 0 };

    for (int i = 0; i < 4; i++)
        pngx_time_base_add(&time_base, &controls[i]);
    CHECK(pngx_time_base_value(&time_base) == 30000);
    CHECK(pngx_control_ticks(&controls[0], 30000) == 3000 && pngx_control_ticks(&controls[1], 30000) == 1001);
    CHECK(pngx_time_base_unpack(pngx_time_base_pack(&controls[3]), 30000) == INT64_C(65535) * 30000);
}

static void
large_denominators_fall_back_to_nanoseconds(void)
{
    struct pngx_time_base time_base = { 0 };

    CHECK(pngx_time_base_value(&time_base) == 1);
    for (uint32_t den = 65521; den > 65000; den -= 2)
        pngx_time_base_add(&time_base, &(struct pngx_control){ .delay_num = 1, .delay_den = (uint16_t)den });
    CHECK(pngx_time_base_value(&time_base) == 1000000000);
    CHECK(pngx_control_ticks(&(struct pngx_control){ .delay_num = 1, .delay_den = 3 }, 1000000000) == 333333333);
}

int
main(void)
{
    const struct CMUnitTest cases[] = {
        CASE(exact_delays_stay_exact),
        CASE(rounded_delays_sum_up_exactly),
        CASE(delays_that_are_too_long_fail),
        CASE(time_base_expresses_every_delay),
        CASE(large_denominators_fall_back_to_nanoseconds),
    };
    return cmocka_run_group_tests_name("png timing", cases, NULL, NULL);
}
