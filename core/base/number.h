/* SPDX-License-Identifier: MIT */
/* Numbers as text, independent of the locale. */
#ifndef MIM_CORE_BASE_NUMBER_H
#define MIM_CORE_BASE_NUMBER_H

#include <stdbool.h>
#include <stddef.h>

#include <mim/types.h>

#define MIM_NUMBER_SIZE 32 /* buffer size for any number's text */

/* Strict: all `size` bytes form one number, without blanks, hexadecimal, "inf" or "nan". false: malformed or out of
 * range. */
bool mim_number_parse_int(const char *text, size_t size, int64_t *value);
/* "1", "-0.5", "1e-3", "1/25". */
bool mim_number_parse_real(const char *text, size_t size, double *value);
/* The same, exactly: "29.97" is 2997/100; lowest terms. */
bool mim_number_parse_rational(const char *text, size_t size, struct mim_rational *value);

/* isdigit() without the locale. */
static inline bool
mim_is_digit(char c)
{
    return c >= '0' && c <= '9';
}

/* The value of a hexadecimal digit, or -1. */
int mim_hex_digit(char c);

/* The shortest text that reads back as the same double. */
void mim_number_print(double value, char text[MIM_NUMBER_SIZE]);

#endif
