/* SPDX-License-Identifier: MIT */
/* Parses the values of tags in options. */
#ifndef MIM_TIFF_WRITE_TAG_VALUE_H
#define MIM_TIFF_WRITE_TAG_VALUE_H

#include <stdbool.h>
#include <stdint.h>

/* Does the integer type hold the value? */
bool tiff_type_holds(int64_t value, uint16_t type);
/* Store an integer of `size` bytes in the machine's byte order. */
void tiff_store_integer(uint8_t *to, int64_t value, unsigned size);

/* Skip the type in front of a value, as in "short:1,2", and return it; 0 without one. */
uint16_t tiff_value_named_type(const char **value);
/* Bytes after "0x", which is skipped; else the first of the types of numbers that parses, else a text. */
uint16_t tiff_value_guess_type(const char **value, bool is_big);
/* Parse a list of values with commas, or hexadecimal digits without. Returns their number, 0 if it is no such list.
 * `to` may be NULL. */
uint64_t tiff_value_parse(const char *text, uint16_t type, uint8_t *to);

#endif
