/* SPDX-License-Identifier: MIT */
/* Converts coded samples of any depth to mim's types. */
#ifndef MIM_TIFF_READ_UNPACK_H
#define MIM_TIFF_READ_UNPACK_H

#include <stdint.h>

#include "read/page.h"

/* Written samples are `step` values apart. */
void tiff_unpack(const struct tiff_page *page, const uint8_t *coded, uint64_t count, uint8_t *to, uint32_t step);
/* The value of full intensity. */
uint64_t tiff_sample_full(const struct tiff_page *page);

#endif
