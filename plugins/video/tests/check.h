/* SPDX-License-Identifier: MIT */
/* Two macros for cmocka. Self-contained, because the plugin also builds alone. */
#ifndef VIDEO_TESTS_CHECK_H
#define VIDEO_TESTS_CHECK_H

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#define CHECK(x) ((x) ? (void)0 : (_assert_true(0, #x, __FILE__, __LINE__), __builtin_unreachable()))
/* A case is a function named after its claim. */
#define CASE(function) \
    { \
#function, call_case, NULL, NULL, (void *)(uintptr_t)(function) \
    }

static inline void
call_case(void **state)
{
    ((void (*)(void))(uintptr_t)*state)();
}

#endif
