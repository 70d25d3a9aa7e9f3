/* SPDX-License-Identifier: MIT */
/* Lists the quantizers. */
#include "palette/quantize.h"

#include "palette/quantize-median.h"
#include "palette/quantize-nq.h"
#include "palette/quantize-wu.h"

const struct gif_quantizer *const gif_quantizers[] = { &gif_quantizer_wu, &gif_quantizer_nq, &gif_quantizer_median };
