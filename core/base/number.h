/* SPDX-License-Identifier: MIT */
/* Numbers as text, the same under every locale. */
#ifndef MIM_CORE_BASE_NUMBER_H
#define MIM_CORE_BASE_NUMBER_H

#include <stdbool.h>
#include <stddef.h>

#include <mim/types.h>

#define MIM_NUMBER_SIZE 32 /* room for any number's text */

/* Strict: the `size` bytes are one number and nothing else: no blanks, no hexadecimal, no "inf" or "nan". false: it is none,
 * or does not fit. */
bool mim_number_parse_int(const char *text, size_t size, int64_t *value);
/* "1", "-0.5", "1e-3", "1/25". */
bool mim_number_parse_real(const char *text, size_t size, double *value);
/* The same, exactly: "29.97" is 2997/100; lowest terms. */
bool mim_number_parse_rational(const char *text, size_t size, struct mim_rational *value);

/* The shortest text that reads back as the same double. */
void mim_number_print(double value, char text[MIM_NUMBER_SIZE]);

#endif
