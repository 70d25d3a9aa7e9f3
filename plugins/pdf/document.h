/* SPDX-License-Identifier: MIT */
/* A poppler document for one thread. */
#ifndef MIM_PDF_DOCUMENT_H
#define MIM_PDF_DOCUMENT_H

#include <stdbool.h>

#include <poppler.h>

#include "stream.h"

struct pdf_document {
    PopplerDocument *poppler; /* NULL: not open */
    struct pdf_source source;
};

/* Make `document` ready for an op of `job`, opening it the first time. `password` may be NULL. */
int32_t pdf_document_use(struct pdf_document *document, struct mim_job *job, const char *password,
                         const struct pdf_patches *patches);
/* Say so when the file is cut short and was opened all the same. */
int32_t pdf_document_check_end(struct mim_job *job);
/* What a read that failed during this op came to; MIM_OK when none did. */
int32_t pdf_document_check(const struct pdf_document *document);
/* Page `index`, a new reference. */
int32_t pdf_document_page(struct pdf_document *document, uint64_t index, PopplerPage **page);
void pdf_document_close(struct pdf_document *document);

#endif
