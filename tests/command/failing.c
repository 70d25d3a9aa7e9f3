/* SPDX-License-Identifier: MIT */
/* The command with an allocator that fails at the place set in the environment, and reports on a descriptor if it is reached. */
#include <stdlib.h>
#include <unistd.h>

#include "failing-memory.h"

__attribute__((constructor)) static void
arm(void)
{
    const char *place = getenv("MIM_TEST_FAIL_AT");
    if (place)
        memory_fail_at(atol(place), getenv("MIM_TEST_FAIL_FOR_EVER") != NULL);
}

__attribute__((destructor)) static void
report_result(void)
{
    const char *descriptor = getenv("MIM_TEST_FAIL_FD");
    if (memory_recover() && descriptor && write(atoi(descriptor), "x", 1) != 1)
        _exit(99);
}
