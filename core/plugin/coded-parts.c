/* SPDX-License-Identifier: MIT */
/* Coded bytes. A first piece that is emitted straight from the raster, as uncompressed formats do, is not copied. */
#include "plugin/coded-parts.h"

#include <stdlib.h>
#include <string.h>

#include "base/size.h"
#include "plugin/job.h"
#include "plugin/memory-budget.h"

#define LEAST_ROOM 4096

static bool
is_of_raster(const struct mim_raster *raster, const uint8_t *data, uint64_t size)
{
    if (!raster || (uintptr_t)data < (uintptr_t)raster->data)
        return false;
    uint64_t whole = raster->stride * raster->height, before = (uintptr_t)data - (uintptr_t)raster->data;
    return before <= whole && size <= whole - before;
}

static bool
resize_bytes(struct mim_coded_bytes *coded, struct mim_job *job, uint64_t capacity)
{
    uint8_t *own = coded->capacity ? coded->data : NULL;
    uint8_t *moved = job->host->resize(job, own, coded->capacity, capacity);
    if (!moved)
        return false;
    if (!own && coded->size)
        memcpy(moved, coded->data, coded->size);
    coded->data = moved;
    coded->capacity = capacity;
    return true;
}

/* Grow by half for later bytes; when memory refuses that, by the largest part of it that it grants. */
static bool
grow_bytes(struct mim_coded_bytes *coded, struct mim_job *job, uint64_t needed)
{
    struct mim_core_job *core = job->core;
    const bool refused = core->refused;
    uint64_t capacity = coded->capacity + coded->capacity / 2;
    if (capacity < needed)
        return resize_bytes(coded, job, needed < LEAST_ROOM ? LEAST_ROOM : needed);
    for (; capacity > needed; capacity = needed + (capacity - needed) / 2) {
        if (resize_bytes(coded, job, capacity))
            return true;
        core->refused = refused;
    }
    return resize_bytes(coded, job, needed);
}

bool
mim_coded_append(struct mim_coded_bytes *coded, struct mim_job *job, const void *data, uint64_t size)
{
    if (!coded->size && !coded->capacity && is_of_raster(coded->raster, data, size)) {
        coded->data = (uint8_t *)data;
        coded->size = size;
        return true;
    }
    uint64_t needed;
    if (!mim_size_add(coded->size, size, &needed) || (needed > coded->capacity && !grow_bytes(coded, job, needed)))
        return false;
    memcpy(coded->data + coded->size, data, size);
    coded->size = needed;
    return true;
}

void
mim_coded_clear(struct mim_coded_bytes *coded, struct mim_memory_budget *budget)
{
    if (coded->capacity)
        free(coded->data);
    mim_memory_budget_refund(budget, coded->capacity);
    *coded = (struct mim_coded_bytes){ 0 };
}
