/* SPDX-License-Identifier: MIT */
/* The predictor (TIFF 6.0, section 14, and technical note 3): applied when writing, undone when reading. */
#ifndef MIM_TIFF_CODEC_PREDICTOR_H
#define MIM_TIFF_CODEC_PREDICTOR_H

#include <stddef.h>
#include <stdint.h>

/* Subtract from each sample of a row the one `step` samples before it. `to` must not be `from`. */
void tiff_predict(unsigned bits, uint8_t *to, const uint8_t *from, size_t size, size_t step);
/* The same for floats, whose bytes are first split by significance. `scratch` is as large as the row. */
void tiff_predict_floats(unsigned bits, uint8_t *to, const uint8_t *from, size_t size, size_t step, uint8_t *scratch);

/* Undo these in place, in a row of `size` bytes. Integers must have a depth that tiff_prefix_sum_of() knows. */
void tiff_unpredict(unsigned bits, uint8_t *row, uint64_t size, uint32_t step);
void tiff_unpredict_floats(unsigned bits, uint8_t *row, uint64_t size, uint32_t step, uint8_t *scratch);

#endif
