/* SPDX-License-Identifier: MIT */
/* Renumbers the colours of coded data. */
#ifndef MIM_GIF_RELABEL_H
#define MIM_GIF_RELABEL_H

#include <stdint.h>

/*
 * Replace every index by `to[index]` in the output of gif_lzw_begin() to gif_lzw_end(), code size included. Only
 * codes of single indices change; codes of strings depend on their order alone.
 */
void gif_relabel(uint8_t *coded, uint64_t size, const uint8_t *to);

#endif
