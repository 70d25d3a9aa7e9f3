/* SPDX-License-Identifier: MIT */
/* What encode emits for one part: bytes that grow, or a piece of the frame itself, which stays where it is. */
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
    uint64_t capacity;               /* 0: `data` is the raster's */
    const struct mim_raster *raster; /* what encode reads: it holds until the frame is put; NULL: nothing to lend */
};

/* From the account of the job's file. false: no memory, or over the ceiling, and the job says so. */
bool mim_coded_append(struct mim_coded_bytes *coded, struct mim_job *job, const void *data, uint64_t size);
void mim_coded_clear(struct mim_coded_bytes *coded, struct mim_memory_budget *budget);

#endif
