/* SPDX-License-Identifier: MIT */
/* The table of quantizers. */
#ifndef MIM_GIF_QUANTIZE_H
#define MIM_GIF_QUANTIZE_H

#include "palette/quantizer.h"

/* In the order of GIF_QUANTIZER_NAMES. */
#define GIF_QUANTIZER_NAMES "wu|nq|median"
extern const struct gif_quantizer *const gif_quantizers[];

#endif
