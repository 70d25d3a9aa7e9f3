/* SPDX-License-Identifier: MIT */
/* mim's sample types. */
#ifndef MIM_TIFF_FILE_SAMPLE_H
#define MIM_TIFF_FILE_SAMPLE_H

#include <stdint.h>

/* The narrowest type that holds samples of this depth and SampleFormat, or MIM_SAMPLE_NONE. */
int32_t tiff_sample_type(uint32_t bits, uint32_t format);
/* Bytes of one sample; 0: unknown type, or bits. */
unsigned tiff_sample_size(int32_t sample);
/* 0: unknown type. */
unsigned tiff_sample_bits(int32_t sample);

#endif
