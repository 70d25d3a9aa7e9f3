/* SPDX-License-Identifier: MIT */
/* Wu's quantizer. */
#ifndef MIM_GIF_QUANTIZE_WU_H
#define MIM_GIF_QUANTIZE_WU_H

#include "palette/quantizer.h"

extern const struct gif_quantizer gif_quantizer_wu;

#endif
