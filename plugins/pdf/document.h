/* SPDX-License-Identifier: MIT */
/* A poppler document for one thread. */
#ifndef MIM_PDF_DOCUMENT_H
#define MIM_PDF_DOCUMENT_H

#include <stdbool.h>

#include <poppler.h>

#include "page.h"
#include "stream.h"

struct pdf_document {
    PopplerDocument *poppler; /* NULL if not open */
    struct pdf_source source;
    struct pdf_patches patches; /* of what poppler has read */
};

/* Prepare `document` for an op of `job`; the first call opens it. */
int32_t pdf_document_use(struct pdf_document *document, struct mim_job *job, const struct pdf_choices *choices);
/* Emit a notice if the file is truncated, which poppler repairs silently. */
int32_t pdf_document_check_end(struct mim_job *job);
/* Status of the read that failed during this op, or MIM_OK. */
int32_t pdf_document_check(const struct pdf_document *document);
/* Get a new reference to page `index`. */
int32_t pdf_document_page(struct pdf_document *document, uint64_t index, PopplerPage **page);
void pdf_document_close(struct pdf_document *document, struct mim_job *job);

#endif
