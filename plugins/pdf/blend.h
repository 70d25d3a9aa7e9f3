/* SPDX-License-Identifier: MIT */
/* Cairo's pixels as a frame's. */
#ifndef MIM_PDF_BLEND_H
#define MIM_PDF_BLEND_H

#include <stdint.h>

/* A row of cairo's pixels, premultiplied in native words. */
void pdf_blend_rgb(const uint32_t *from, uint8_t *to, uint32_t width, const uint8_t background[4]);
void pdf_blend_gray(const uint32_t *from, uint8_t *to, uint32_t width, const uint8_t background[4]);
/* Straight alpha over a background that may be clear. `from` may be `to`. */
void pdf_blend_rgba(const uint32_t *from, uint8_t *to, uint32_t width, const uint8_t background[4]);

#endif
