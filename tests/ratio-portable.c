/* SPDX-License-Identifier: MIT */
/* <mim/kit/ratio.h> for compilers without 128-bit integers. */
#define MIM_RATIO_PORTABLE
#include "ratio-table.h"

const struct ratio *const ratio_portable = &ratio_here;
