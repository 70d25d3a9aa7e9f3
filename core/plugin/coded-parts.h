/* SPDX-License-Identifier: MIT */
/* The bytes that encode emits for one part: a growing buffer, or a piece of the raster that is not copied. */
#ifndef MIM_CORE_PLUGIN_CODED_PARTS_H
#define MIM_CORE_PLUGIN_CODED_PARTS_H

#include <stdbool.h>
#include <stdint.h>

struct mim_memory_budget;
struct mim_job;
struct mim_raster;

struct mim_coded_bytes {
    uint8_t *data;
    uint64_t size;
    uint64_t capacity;               /* 0: `data` points into the raster */
    const struct mim_raster *raster; /* input of encode, valid until put; NULL: always copy */
};

/* Charged to the memory budget of the job's file. false: no memory, or over the ceiling; the job's error is set. */
bool mim_coded_append(struct mim_coded_bytes *coded, struct mim_job *job, const void *data, uint64_t size);
void mim_coded_clear(struct mim_coded_bytes *coded, struct mim_memory_budget *budget);

#endif
