/* SPDX-License-Identifier: MIT */
/* Quick ways of frequent conversions. The general conversion gives the same results. */
#ifndef MIM_CORE_FRAME_QUICK_CONVERSION_H
#define MIM_CORE_FRAME_QUICK_CONVERSION_H

#include <stdbool.h>

#include "frame/layout.h"

/* false: there is no quick way for this row, which is left as it is. */
bool mim_quick_conversion_row(const struct mim_layout *from_layout, const struct mim_layout *to_layout, const uint8_t *from,
                              uint8_t *to, uint32_t width);

#endif
