/* SPDX-License-Identifier: MIT */
/* Captures poppler's messages about a document. */
#ifndef MIM_PDF_ERROR_LOG_H
#define MIM_PDF_ERROR_LOG_H

#include <mim/plugin.h>

void pdf_error_log_begin(struct mim_job *job);
/* Report what was captured since begin as a notice, and return its status. */
int32_t pdf_error_log_end(struct mim_job *job);

#endif
