/* SPDX-License-Identifier: MIT */
/* The median cut quantizer. */
#ifndef MIM_GIF_QUANTIZE_MEDIAN_H
#define MIM_GIF_QUANTIZE_MEDIAN_H

#include "palette/quantizer.h"

extern const struct gif_quantizer gif_quantizer_median;

#endif
