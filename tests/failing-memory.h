/* SPDX-License-Identifier: MIT */
/* Allocations of the core that fail on request: linked with --wrap, so every call from our own objects comes here. */
#ifndef MIM_TESTS_FAILING_MEMORY_H
#define MIM_TESTS_FAILING_MEMORY_H

#include <stdbool.h>
#include <unistd.h>

#include "check.h"

/* The n-th allocation from now on (0 is the next) is refused; with `for_ever` all that follow too. */
void memory_fail_at(long n, bool for_ever);
/* Back to normal. Was any refused? */
bool memory_recover(void);

/* Try `attempt`, which returns true for success, with every allocation failing in turn, once and for ever, until none is
 * reached any more; the number of those it takes. It must check by itself that failing was right; no descriptor may stay. */
static inline long
memory_try_all(bool (*attempt)(void))
{
    long count = 0;
    int before = dup(0);
    close(before);
    for (int for_ever = 0; for_ever < 2; for_ever++)
        for (count = 0;; count++) {
            memory_fail_at(count, for_ever);
            bool worked = attempt();
            bool refused = memory_recover();
            if (!refused) {
                CHECK(worked);
                break;
            }
        }
    int after = dup(0);
    close(after);
    CHECK(after == before);
    return count;
}

#endif
