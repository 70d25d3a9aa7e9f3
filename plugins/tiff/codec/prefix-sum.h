/* SPDX-License-Identifier: MIT */
/* Prefix sums of samples, which undo the horizontal predictor. */
#ifndef MIM_TIFF_CODEC_PREFIX_SUM_H
#define MIM_TIFF_CODEC_PREFIX_SUM_H

#include <stdint.h>

/* Replace each of `count` samples by the sum of itself and all samples that precede it by a multiple of `step`. */
typedef void (*tiff_prefix_sum)(void *samples, uint64_t count, uint32_t step);

/* Samples of 8, 16, 32 or 64 bits, in the machine's byte order; NULL for other depths. */
tiff_prefix_sum tiff_prefix_sum_of(uint32_t bits);

#endif
