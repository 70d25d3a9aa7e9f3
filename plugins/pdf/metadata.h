/* SPDX-License-Identifier: MIT */
/* Metadata of a document and its pages. */
#ifndef MIM_PDF_METADATA_H
#define MIM_PDF_METADATA_H

#include "document.h"
#include "page.h"

int32_t pdf_metadata(struct mim_job *job, struct pdf_document *document, const struct pdf_page *page);

#endif
