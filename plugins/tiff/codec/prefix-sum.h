/* SPDX-License-Identifier: MIT */
/* Running sums of samples, which undo horizontal differences. */
#ifndef MIM_TIFF_SUMS_H
#define MIM_TIFF_SUMS_H

#include <stdint.h>

/* Each of `count` samples becomes the sum of itself and all that lie a multiple of `step` samples before it. */
typedef void (*tiff_prefix_sum)(void *samples, uint64_t count, uint32_t step);

/* For samples of 8, 16, 32 or 64 bits in the machine's byte order; else NULL. */
tiff_prefix_sum tiff_prefix_sum_of(uint32_t bits);

#endif
