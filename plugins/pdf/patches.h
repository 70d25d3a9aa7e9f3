/* SPDX-License-Identifier: MIT */
/* Changes keys of pages by patching the bytes that poppler reads. */
#ifndef MIM_PDF_PATCHES_H
#define MIM_PDF_PATCHES_H

#include <stdbool.h>

#include <mim/plugin.h>

struct pdf_patch {
    uint64_t offset, size, capacity;
    uint8_t *bytes;    /* host memory of `capacity` bytes, or NULL */
    const char *shown; /* the bytes if NULL */
};

struct pdf_patches {
    struct pdf_patch *list; /* sorted by offset */
    uint64_t count, capacity;
    bool has_units; /* poppler sees the user unit of a page as its duration, and no other durations */
};

/* Append a patch behind all others. */
int32_t pdf_patches_add(struct pdf_patches *patches, struct mim_job *job, const struct pdf_patch *patch);
void pdf_patches_apply(const struct pdf_patches *patches, uint8_t *bytes, uint64_t size, uint64_t offset);
void pdf_patches_close(struct pdf_patches *patches, struct mim_job *job);

#endif
