/* SPDX-License-Identifier: MIT */
/* States what a document has besides its pages and texts. */
#ifndef MIM_PDF_OFFERS_H
#define MIM_PDF_OFFERS_H

#include <poppler.h>

#include <mim/plugin.h>

int32_t pdf_offers_state(struct mim_job *job, PopplerDocument *document);

#endif
