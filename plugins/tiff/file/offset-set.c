/* SPDX-License-Identifier: MIT */
/* A hash set of offsets, which detects loops in a chain of directories. */
#include "file/offset-set.h"

#include <string.h>

/* Fibonacci hashing spreads offsets, which are mostly regular. `capacity` is a power of two. */
static uint64_t
slot_of(const struct tiff_offset_set *set, uint64_t offset)
{
    uint64_t slot = (offset * 0x9e3779b97f4a7c15u) >> (64 - __builtin_ctzll(set->capacity));
    while (set->slots[slot] && set->slots[slot] != offset)
        slot = (slot + 1) & (set->capacity - 1);
    return slot;
}

static int32_t
grow_set(struct tiff_offset_set *set, struct mim_job *job)
{
    struct tiff_offset_set larger = { .capacity = set->capacity ? set->capacity * 2 : 1024, .count = set->count };
    larger.slots = job->host->resize(job, NULL, 0, larger.capacity * sizeof *larger.slots);
    if (!larger.slots)
        return job->host->fail(job, MIM_NOMEM, MIM_UNKNOWN, "no memory for the offsets of %llu pages",
                               (unsigned long long)larger.capacity);

    memset(larger.slots, 0, larger.capacity * sizeof *larger.slots);
    for (uint64_t i = 0; i < set->capacity; i++)
        if (set->slots[i])
            larger.slots[slot_of(&larger, set->slots[i])] = set->slots[i];
    tiff_offset_set_close(set, job);
    *set = larger;
    return MIM_OK;
}

int32_t
tiff_offset_set_add(struct tiff_offset_set *set, struct mim_job *job, uint64_t offset, bool *is_new)
{
    if (set->count >= set->capacity / 2) {
        int32_t status = grow_set(set, job);
        if (status != MIM_OK)
            return status;
    }

    uint64_t slot = slot_of(set, offset);
    *is_new = set->slots[slot] == 0;
    if (*is_new)
        set->count++;
    set->slots[slot] = offset;
    return MIM_OK;
}

void
tiff_offset_set_close(struct tiff_offset_set *set, struct mim_job *job)
{
    job->host->resize(job, set->slots, set->capacity * sizeof *set->slots, 0);
    *set = (struct tiff_offset_set){ 0 };
}
