/* SPDX-License-Identifier: MIT */
/* The keys of pages that poppler must see changed. */
#ifndef MIM_PDF_PAGE_KEYS_H
#define MIM_PDF_PAGE_KEYS_H

#include "patches.h"

/* A key and the start of its value have at most this many bytes. */
#define PDF_PAGE_KEY_BYTES 32

/* Bytes of the file at `offset`. Keys that begin behind those shown are left to the next window. */
struct pdf_window {
    const uint8_t *bytes;
    uint64_t offset, size, shown;
};

/* Find the patches that show user units and, if requested, hide crop boxes. */
int32_t pdf_page_keys_find(struct pdf_patches *patches, struct mim_job *job, const struct pdf_window *window);

#endif
