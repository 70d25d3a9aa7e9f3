/* SPDX-License-Identifier: MIT */
/* Keeps patches in the order of their offsets, and applies them to windows of the file. */
#include "patches.h"

#include <string.h>

#include <mim/kit/array.h>

int32_t
pdf_patches_add(struct pdf_patches *patches, struct mim_job *job, const struct pdf_patch *patch)
{
    struct pdf_patch *list =
        mim_array_reserve(job, patches->list, &patches->capacity, patches->count + 1, sizeof *list);
    if (!list)
        return job->host->fail(job, MIM_NOMEM, MIM_UNKNOWN, "no memory for the keys of the pages");
    patches->list = list;
    patches->list[patches->count++] = *patch;
    return MIM_OK;
}

/* Index of the first patch that ends after `offset`. */
static uint64_t
first_behind(const struct pdf_patches *patches, uint64_t offset)
{
    uint64_t low = 0, high = patches->count;
    while (low < high) {
        uint64_t middle = low + (high - low) / 2;
        if (patches->list[middle].offset + patches->list[middle].size <= offset)
            low = middle + 1;
        else
            high = middle;
    }
    return low;
}

void
pdf_patches_apply(const struct pdf_patches *patches, uint8_t *bytes, uint64_t size, uint64_t offset)
{
    for (uint64_t i = first_behind(patches, offset); i < patches->count; i++) {
        const struct pdf_patch *patch = &patches->list[i];
        if (patch->offset >= offset + size)
            return;
        uint64_t from = patch->offset > offset ? patch->offset : offset;
        uint64_t to = patch->offset + patch->size < offset + size ? patch->offset + patch->size : offset + size;
        const void *shown = patch->bytes ? patch->bytes : (const uint8_t *)patch->shown;
        memcpy(bytes + (from - offset), (const uint8_t *)shown + (from - patch->offset), to - from);
    }
}

void
pdf_patches_close(struct pdf_patches *patches, struct mim_job *job)
{
    for (uint64_t i = 0; i < patches->count; i++)
        job->host->resize(job, patches->list[i].bytes, patches->list[i].capacity, 0);
    mim_array_free(job, patches->list, patches->capacity, sizeof *patches->list);
    *patches = (struct pdf_patches){ 0 };
}
