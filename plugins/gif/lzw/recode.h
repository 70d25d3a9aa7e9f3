/* SPDX-License-Identifier: MIT */
/* Renumbers the colours of coded data. */
#ifndef MIM_GIF_RECODE_H
#define MIM_GIF_RECODE_H

#include <mim/plugin.h>

/* Bytes of codes that gif_recode() would emit, without sub-blocks. */
uint64_t gif_recoded_size(const uint8_t *coded, uint32_t new_code_size);

/*
 * Emit the output of gif_lzw_begin() to gif_lzw_end() with every index replaced by `to[index]`. If the code size grows,
 * the table must have had room. Status of emit.
 */
int32_t gif_recode(struct mim_job *job, const uint8_t *coded, const uint8_t *to, uint32_t new_code_size);

#endif
