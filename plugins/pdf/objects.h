/* SPDX-License-Identifier: MIT */
/* Writes the objects of the file. */
#ifndef MIM_PDF_OBJECTS_H
#define MIM_PDF_OBJECTS_H

#include "layout.h"

int32_t pdf_emit_header(struct mim_job *job);
int32_t pdf_emit_page(struct mim_job *job, const struct pdf_layout *layout, const struct mim_coded *coded);
int32_t pdf_emit_end(struct mim_job *job);

#endif
