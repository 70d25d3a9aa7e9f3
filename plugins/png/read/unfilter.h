/* SPDX-License-Identifier: MIT */
/* Undoes row filters. */
#ifndef MIM_PNG_UNFILTER_H
#define MIM_PNG_UNFILTER_H

#include <stdbool.h>
#include <stdint.h>

/*
 * Undo the filter of a row of `size` bytes with `pixel` bytes per pixel, at least 1; `above` is the row above, or
 * zeros. Eight bytes after `coded` are readable, `above` and `out` have `size` bytes. Returns false for an unknown
 * filter.
 */
bool pngx_unfilter_row(int filter, const uint8_t *coded, const uint8_t *above, uint64_t size, uint32_t pixel,
                       uint8_t *out);

#endif
