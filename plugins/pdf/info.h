/* SPDX-License-Identifier: MIT */
/* Metadata for the document information dictionary. */
#ifndef MIM_PDF_INFO_H
#define MIM_PDF_INFO_H

#include <mim/plugin.h>

int32_t pdf_retain(struct mim_job *job, const char *key, int32_t type, const void *value, uint64_t size);
int32_t pdf_retain_options(struct mim_job *job);

#endif
