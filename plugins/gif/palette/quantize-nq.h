/* SPDX-License-Identifier: MIT */
/* The NeuQuant quantizer. */
#ifndef MIM_GIF_QUANTIZE_NQ_H
#define MIM_GIF_QUANTIZE_NQ_H

#include "palette/quantizer.h"

extern const struct gif_quantizer gif_quantizer_nq;

#endif
