/* SPDX-License-Identifier: MIT */
/* The harness of the tests is the one that plugins get. */
#ifndef MIM_TESTS_CHECK_H
#define MIM_TESTS_CHECK_H

#include <mim/kit/test-case.h>

#endif
