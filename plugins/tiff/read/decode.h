/* SPDX-License-Identifier: MIT */
/* Decodes one part of a page. */
#ifndef MIM_TIFF_READ_DECODE_H
#define MIM_TIFF_READ_DECODE_H

#include <stdint.h>

#include <mim/plugin.h>

#include "read/page.h"

int32_t tiff_decode(struct mim_job *job, const struct tiff_page *page, uint32_t part, const struct mim_raster *raster);

#endif
