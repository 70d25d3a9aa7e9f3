/* SPDX-License-Identifier: MIT */
/* A pixel as one number. */
#ifndef MIM_GIF_KEY_H
#define MIM_GIF_KEY_H

#include <stdint.h>

/** Key of a pixel that is not drawn: transparent, or left as it is. Any other key is 0xRRGGBB. */
#define GIF_TRANSPARENT UINT32_MAX

#endif
