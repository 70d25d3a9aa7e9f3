/* SPDX-License-Identifier: MIT */
/* Other numbers for the colours of a coded picture. */
#ifndef MIM_GIF_RELABEL_H
#define MIM_GIF_RELABEL_H

#include <stdint.h>

/**
 * In what gif_lzw_begin() to gif_lzw_end() emitted, from the byte of the code size on, make every index `to[index]`. Only the
 * codes of single indices say which they are; strings are counted and stay what they are.
 */
void gif_relabel(uint8_t *coded, uint64_t size, const uint8_t *to);

#endif
