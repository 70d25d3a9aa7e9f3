/* SPDX-License-Identifier: MIT */
/* Compresses the rows of a plane. */
#ifndef MIM_PDF_DEFLATE_H
#define MIM_PDF_DEFLATE_H

#include "layout.h"
#include "writer-state.h"

/* Emit a part, followed by the Adler-32 of its input: see shared/deflate.h. */
int32_t pdf_deflate(struct mim_job *job, struct pdf_plane *plane, const struct pdf_layout *layout, uint32_t part,
                    const struct mim_raster *raster);
void pdf_deflate_close(struct pdf_writing_worker *worker, struct mim_job *job);

#endif
