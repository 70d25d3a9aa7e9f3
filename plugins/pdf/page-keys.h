/* SPDX-License-Identifier: MIT */
/* The keys of pages that poppler must see changed. */
#ifndef MIM_PDF_PAGE_KEYS_H
#define MIM_PDF_PAGE_KEYS_H

#include "patches.h"

/* Find the patches that show user units and, if requested, hide all crop boxes. */
int32_t pdf_page_keys_find(struct pdf_patches *patches, struct mim_job *job, bool hides_crop_boxes);

#endif
