/* SPDX-License-Identifier: MIT */
/* Compresses a picture as JPEG. */
#ifndef MIM_PDF_JPEG_H
#define MIM_PDF_JPEG_H

#include "layout.h"

int32_t pdf_jpeg(struct mim_job *job, const struct pdf_layout *layout, const struct mim_raster *raster, int quality);

#endif
