/* SPDX-License-Identifier: MIT */
/* Converts cairo's pixels to those of a frame. */
#ifndef MIM_PDF_BLEND_H
#define MIM_PDF_BLEND_H

#include <stdint.h>

/* Convert a row of cairo's pixels, which are premultiplied native words. */
void pdf_blend_rgb(const uint32_t *from, uint8_t *to, uint32_t width, const uint8_t background[4]);
void pdf_blend_gray(const uint32_t *from, uint8_t *to, uint32_t width, const uint8_t background[4]);
/* The result has straight alpha, over a background that may be transparent. `from` may equal `to`. */
void pdf_blend_rgba(const uint32_t *from, uint8_t *to, uint32_t width, const uint8_t background[4]);

#endif
