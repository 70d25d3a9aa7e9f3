/* SPDX-License-Identifier: MIT */
/*
 * The clock that the core reads, for cases about time. A case holds it and moves it by hand, so how busy the machine is
 * changes nothing. Needs the linker's --wrap for clock_gettime and pthread_cond_timedwait.
 */
#ifndef MIM_TESTS_CLOCK_H
#define MIM_TESTS_CLOCK_H

#include <stdbool.h>
#include <stdint.h>

enum clock_waits {
    CLOCK_WAITS_PASS, /* a timed wait moves the clock to its end: for cases in which nothing else moves it */
    CLOCK_WAITS_LAST  /* a timed wait lasts until it is woken, or until clock_advance() passes its end */
};

/* From now on time stands still. */
void clock_hold(enum clock_waits waits);
/* Time is the system's again. */
void clock_release(void);
bool clock_is_held(void);
void clock_advance_ms(uint64_t ms);
uint64_t clock_now_ms(void);

/* Timed waits since clock_hold(), and how long the longest was meant to be. */
unsigned clock_wait_count(void);
uint64_t clock_longest_wait_ms(void);

#endif
