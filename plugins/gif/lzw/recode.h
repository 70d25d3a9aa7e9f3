/* SPDX-License-Identifier: MIT */
/* Renumbers the colours of coded data. */
#ifndef MIM_GIF_RECODE_H
#define MIM_GIF_RECODE_H

#include <mim/plugin.h>

/* Bytes of codes after the code size grows; UINT64_MAX: the strings may exceed their table. Ignores sub-blocks. */
uint64_t gif_recoded_size(uint64_t size, uint32_t code_size, uint32_t new_code_size);

/*
 * Emit the output of gif_lzw_begin() to gif_lzw_end() with every index replaced by `to[index]`, and with a code size
 * for which gif_recoded_size() has a result. Status of emit.
 */
int32_t gif_recode(struct mim_job *job, const uint8_t *coded, const uint8_t *to, uint32_t new_code_size);

#endif
