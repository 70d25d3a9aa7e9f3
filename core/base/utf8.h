/* SPDX-License-Identifier: MIT */
/* Text: UTF-8, checked. */
#ifndef MIM_CORE_BASE_UTF8_H
#define MIM_CORE_BASE_UTF8_H

#include <stdbool.h>
#include <stddef.h>

/* Strict: no overlong forms, no surrogates, nothing above U+10FFFF. A zero byte is a character like others. */
bool mim_utf8_valid(const char *bytes, size_t size);

/* UTF-8 is copied, anything else is taken as Latin-1; cut at the first zero byte. free() it. NULL: no memory. */
char *mim_text_to_utf8(const char *bytes, size_t size);

#endif
