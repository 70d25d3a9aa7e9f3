/* SPDX-License-Identifier: MIT */
/* Retains colour profiles until their pages are written. */
#include "profile.h"

#include <string.h>

#include <mim/kit/array.h>

enum { HEADER_BYTES = 128, SPACE_AT = 16, SIGNATURE_AT = 36 };

static uint64_t
find_profile(const struct pdf_profiles *profiles, const void *data, uint64_t size)
{
    for (uint64_t i = 0; i < profiles->count; i++)
        if (profiles->list[i].size == size && memcmp(profiles->list[i].data, data, size) == 0)
            return i + 1;
    return 0;
}

int32_t
pdf_profile_retain(struct mim_job *job, struct pdf_profiles *profiles, uint64_t *number, const void *data, uint64_t size)
{
    if (size < HEADER_BYTES || memcmp((const uint8_t *)data + SIGNATURE_AT, "acsp", 4) != 0)
        return MIM_UNSUPPORTED;
    *number = find_profile(profiles, data, size);
    if (*number)
        return MIM_OK;
    struct pdf_profile *list =
        mim_array_reserve(job, profiles->list, &profiles->capacity, profiles->count + 1, sizeof *list);
    if (!list)
        return MIM_NOMEM;
    profiles->list = list;
    uint8_t *copy = job->host->resize(job, NULL, 0, size);
    if (!copy)
        return MIM_NOMEM;
    memcpy(copy, data, size);
    list[profiles->count++] = (struct pdf_profile){ .data = copy, .size = size };
    *number = profiles->count;
    return MIM_OK;
}

int32_t
pdf_profile_take(struct mim_job *job, struct pdf_profiles *profiles, uint32_t channels, uint64_t *number)
{
    *number = profiles->pending ? profiles->pending : profiles->document;
    profiles->pending = 0;
    if (!*number || !memcmp(profiles->list[*number - 1].data + SPACE_AT, channels < 3 ? "GRAY" : "RGB ", 4))
        return MIM_OK;
    *number = 0;
    return job->host->notice(job, MIM_NOTICE_METADATA, "the colour profile does not match the page and is dropped");
}

void
pdf_profiles_close(struct mim_job *job, struct pdf_profiles *profiles)
{
    for (uint64_t i = 0; i < profiles->count; i++)
        job->host->resize(job, profiles->list[i].data, profiles->list[i].size, 0);
    mim_array_free(job, profiles->list, profiles->capacity, sizeof *profiles->list);
}
