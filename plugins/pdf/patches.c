/* SPDX-License-Identifier: MIT */
/* Keeps patches in the order of their offsets, and applies them to windows of the file. */
#include "patches.h"

#include <string.h>

#include <mim/kit/array.h>

/* Index of the first patch that ends after `offset`. */
static uint64_t
first_behind(const struct pdf_patches *patches, uint64_t offset)
{
    uint64_t low = 0, high = patches->count;
    while (low < high) {
        uint64_t middle = low + (high - low) / 2;
        if (patches->list[middle].offset + patches->list[middle].span <= offset)
            low = middle + 1;
        else
            high = middle;
    }
    return low;
}

bool
pdf_patches_has(const struct pdf_patches *patches, uint64_t offset)
{
    uint64_t i = first_behind(patches, offset);
    return i < patches->count && patches->list[i].offset <= offset;
}

static void
free_bytes(struct mim_job *job, const struct pdf_patch *patch)
{
    job->host->resize(job, patch->bytes, patch->capacity, 0);
}

int32_t
pdf_patches_add(struct pdf_patches *patches, struct mim_job *job, const struct pdf_patch *patch)
{
    struct pdf_patch *list =
        mim_array_reserve(job, patches->list, &patches->capacity, patches->count + 1, sizeof *list);
    if (!list) {
        free_bytes(job, patch);
        return job->host->fail(job, MIM_NOMEM, MIM_UNKNOWN, "no memory for the keys of the pages");
    }
    patches->list = list;
    uint64_t first = first_behind(patches, patch->offset), behind = first;
    for (; behind < patches->count && list[behind].offset < patch->offset + patch->span; behind++)
        free_bytes(job, &list[behind]);
    memmove(list + first + 1, list + behind, (patches->count - behind) * sizeof *list);
    list[first] = *patch;
    patches->count += 1 - (behind - first);
    return MIM_OK;
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
        if (from < to)
            memcpy(bytes + (from - offset), (const uint8_t *)shown + (from - patch->offset), to - from);
    }
}

void
pdf_patches_close(struct pdf_patches *patches, struct mim_job *job)
{
    for (uint64_t i = 0; i < patches->count; i++)
        free_bytes(job, &patches->list[i]);
    mim_array_free(job, patches->list, patches->capacity, sizeof *patches->list);
    *patches = (struct pdf_patches){ 0 };
}
