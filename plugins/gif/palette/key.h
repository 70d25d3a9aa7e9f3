/* SPDX-License-Identifier: MIT */
/* Pixels as integers. */
#ifndef MIM_GIF_KEY_H
#define MIM_GIF_KEY_H

#include <stdint.h>

/* Key of a transparent or skipped pixel. All other keys are 0xRRGGBB. */
#define GIF_TRANSPARENT UINT32_MAX

#endif
