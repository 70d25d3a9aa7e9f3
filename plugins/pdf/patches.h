/* SPDX-License-Identifier: MIT */
/* Changes keys of pages by patching the bytes that poppler reads. */
#ifndef MIM_PDF_PATCHES_H
#define MIM_PDF_PATCHES_H

#include <stdbool.h>

#include <mim/plugin.h>

struct pdf_patch {
    uint64_t offset, span; /* place in the file of the key or object stream */
    uint64_t size;         /* of the change; 0: none */
    uint64_t capacity;
    uint8_t *bytes;    /* host memory of `capacity` bytes, or NULL */
    const char *shown; /* the bytes if NULL */
};

struct pdf_patches {
    struct pdf_patch *list; /* sorted by offset, disjoint */
    uint64_t count, capacity;
    bool hides_boxes; /* option */
    bool is_partial;  /* an object stream could not be searched */
};

/* Add a patch, which replaces those inside it. On failure its bytes are freed. */
int32_t pdf_patches_add(struct pdf_patches *patches, struct mim_job *job, const struct pdf_patch *patch);
/* Is the byte at `offset` in a patch? */
bool pdf_patches_has(const struct pdf_patches *patches, uint64_t offset);
void pdf_patches_apply(const struct pdf_patches *patches, uint8_t *bytes, uint64_t size, uint64_t offset);
void pdf_patches_close(struct pdf_patches *patches, struct mim_job *job);

#endif
