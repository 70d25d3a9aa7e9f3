/* SPDX-License-Identifier: MIT */
/* Poppler's messages about a document. */
#ifndef MIM_PDF_ERROR_LOG_H
#define MIM_PDF_ERROR_LOG_H

#include <mim/plugin.h>

void pdf_error_log_begin(struct mim_job *job);
/* Tell the host what was said since; to be returned. */
int32_t pdf_error_log_end(struct mim_job *job);

#endif
