/* SPDX-License-Identifier: MIT */
/* Numbers in metadata, whatever their type. */
#ifndef MIM_SHARED_NUMBERS_H
#define MIM_SHARED_NUMBERS_H

#include <mim/plugin.h>

/* How many numbers a value of `type` (without flags) and `size` has; 0 for other types. */
uint64_t shared_numbers_count(int32_t type, uint64_t size);
/* Number `index` of the value. A ratio with a zero denominator is 0. */
double shared_number_at(int32_t type, const void *value, uint64_t index);

#endif
