/* SPDX-License-Identifier: MIT */
/* The media box instead of the crop box: changes to the bytes that poppler reads. */
#ifndef MIM_PDF_MEDIA_H
#define MIM_PDF_MEDIA_H

#include <mim/plugin.h>

struct pdf_patch {
    uint64_t offset, size, capacity;
    uint8_t *bytes; /* NULL: a byte that nothing is called by */
};

struct pdf_patches {
    struct pdf_patch *list; /* in the order of their offsets */
    uint64_t count, capacity;
};

/* Patches that hide all crop boxes. */
int32_t pdf_media_find(struct pdf_patches *patches, struct mim_job *job);
void pdf_media_apply(const struct pdf_patches *patches, uint8_t *bytes, uint64_t size, uint64_t offset);
void pdf_media_close(struct pdf_patches *patches, struct mim_job *job);

#endif
