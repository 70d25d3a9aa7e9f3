/* SPDX-License-Identifier: MIT */
/* Hides crop boxes from poppler by patching the bytes that it reads. */
#ifndef MIM_PDF_PATCHES_H
#define MIM_PDF_PATCHES_H

#include <mim/plugin.h>

struct pdf_patch {
    uint64_t offset, size, capacity;
    uint8_t *bytes; /* NULL: one byte that makes the key unknown */
};

struct pdf_patches {
    struct pdf_patch *list; /* sorted by offset */
    uint64_t count, capacity;
};

/* Find the patches that hide all crop boxes. */
int32_t pdf_patches_find(struct pdf_patches *patches, struct mim_job *job);
void pdf_patches_apply(const struct pdf_patches *patches, uint8_t *bytes, uint64_t size, uint64_t offset);
void pdf_patches_close(struct pdf_patches *patches, struct mim_job *job);

#endif
