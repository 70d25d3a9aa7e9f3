/* SPDX-License-Identifier: MIT */
/* The harness: cmocka, with one macro of ours. */
#ifndef MIM_TESTS_CHECK_H
#define MIM_TESTS_CHECK_H

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

/* cmocka jumps out of the test; the compiler is told so. */
#define CHECK(x) ((x) ? (void)0 : (_assert_true(0, #x, __FILE__, __LINE__), __builtin_unreachable()))

/* Leave the case for want of something: cmocka 1.1 writes "not ok" for its own skip(), which counts as failed. */
#define SKIP(why) \
    do { \
        print_message("# skipped: %s\n", why); \
        return; \
    } while (0)

/* A case is a void function whose name is the claim: CASE(refuses_another_abi). */
#define CASE(function) { #function, call_case, NULL, NULL, (void *)(uintptr_t)(function) }

static inline void
call_case(void **state)
{
    ((void (*)(void))(uintptr_t)*state)();
}

#endif
