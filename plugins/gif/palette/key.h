/* SPDX-License-Identifier: MIT */
/* Pixels as integers. */
#ifndef MIM_GIF_KEY_H
#define MIM_GIF_KEY_H

#include <stdint.h>

/* Key of a transparent or skipped pixel. All other keys are 0xRRGGBB. */
#define GIF_TRANSPARENT UINT32_MAX
/* Stored for the transparent entry of pictures with alpha: white to programs that ignore transparency, but no gray, so
 * that readers that look for gray colour tables deliver RGBA. */
#define GIF_TRANSPARENT_COLOUR 0xfffffe

#endif
