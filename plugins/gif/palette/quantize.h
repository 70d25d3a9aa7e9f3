/* SPDX-License-Identifier: MIT */
/* The quantizers. */
#ifndef MIM_GIF_QUANTIZE_H
#define MIM_GIF_QUANTIZE_H

#include "palette/quantizer.h"

/** In the order of the names. */
#define GIF_QUANTIZER_NAMES "wu|nq|median"
extern const struct gif_quantizer *const gif_quantizers[];

#endif
