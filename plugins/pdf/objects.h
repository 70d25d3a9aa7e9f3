/* SPDX-License-Identifier: MIT */
/* The objects of the file. */
#ifndef MIM_PDF_OBJECTS_H
#define MIM_PDF_OBJECTS_H

#include "layout.h"

int32_t pdf_put_header(struct mim_job *job);
int32_t pdf_put_page(struct mim_job *job, const struct pdf_sheet *sheet, const struct mim_coded *coded);
int32_t pdf_put_end(struct mim_job *job);

#endif
