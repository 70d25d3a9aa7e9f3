/* SPDX-License-Identifier: MIT */
/**
 * @file
 * Test cases of a plugin, run by cmocka. A case is a function without arguments, named after its claim:
 *
 *     static void
 *     refuses_an_empty_file(void)
 *     {
 *         CHECK(open_file("", 0) == MIM_TRUNCATED);
 *     }
 *
 *     int
 *     main(void)
 *     {
 *         const struct CMUnitTest cases[] = { CASE(refuses_an_empty_file) };
 *         return cmocka_run_group_tests(cases, NULL, NULL);
 *     }
 *
 * With CMOCKA_MESSAGE_OUTPUT=TAP in its environment, the program prints TAP. Header-only, C only.
 */
#ifndef MIM_KIT_TEST_CASE_H
#define MIM_KIT_TEST_CASE_H

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

/** End the case as failed unless `x` is true. The compiler may assume `x` afterwards, as cmocka jumps out of the case. */
#define CHECK(x) ((x) ? (void)0 : (_assert_true(0, #x, __FILE__, __LINE__), __builtin_unreachable()))

/** End the case as passed if something that it needs is missing: cmocka 1.1 prints "not ok" for its own skip(). */
#define SKIP(why) \
    do { \
        print_message("# skipped: %s\n", why); \
        return; \
    } while (0)

/** The entry of a case in an array of struct CMUnitTest. */
#define CASE(function) { #function, mim_test_call_case, NULL, NULL, (void *)(uintptr_t)(function) }

static inline void
mim_test_call_case(void **state)
{
    ((void (*)(void))(uintptr_t)*state)();
}

#endif
