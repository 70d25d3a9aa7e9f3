/* SPDX-License-Identifier: MIT */
/* Reads delays, which are 16-bit quotients, in one time base. */
#include "session.h"

#include "read/time-base.h"

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
        CASE(time_base_expresses_every_delay),
        CASE(large_denominators_fall_back_to_nanoseconds),
    };
    return cmocka_run_group_tests_name("png timing", cases, NULL, NULL);
}
