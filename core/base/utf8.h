/* SPDX-License-Identifier: MIT */
/* Checking UTF-8. */
#ifndef MIM_CORE_BASE_UTF8_H
#define MIM_CORE_BASE_UTF8_H

#include <stdbool.h>
#include <stddef.h>

/* Strict: no overlong forms, no surrogates, nothing above U+10FFFF. Zero bytes are valid. */
bool mim_utf8_valid(const char *bytes, size_t size);

#endif
