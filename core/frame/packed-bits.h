/* SPDX-License-Identifier: MIT */
/* Rows of MIM_SAMPLE_U1. */
#ifndef MIM_CORE_FRAME_PACKED_BITS_H
#define MIM_CORE_FRAME_PACKED_BITS_H

#include <stdbool.h>
#include <stddef.h>

#include <mim/types.h>

/* To samples of MIM_SAMPLE_U8, 0 or 255. */
void mim_packed_bits_expand(const uint8_t *from, size_t count, uint8_t *to);
/* From unsigned samples. The unused bits of the last byte become 0. false: a sample was neither 0 nor the maximum. */
bool mim_packed_bits_pack(enum mim_sample sample, const void *from, size_t count, uint8_t *to);

#endif
