/* SPDX-License-Identifier: MIT */
/* Memory of a worker that grows and is reused. */
#ifndef MIM_TIFF_FILE_SCRATCH_H
#define MIM_TIFF_FILE_SCRATCH_H

#include <stdint.h>

#include <mim/plugin.h>

struct tiff_scratch {
    uint8_t *data;
    uint64_t capacity;
};

/* At least `size` bytes, their contents undefined; NULL when there is no memory. */
uint8_t *tiff_scratch_get(struct tiff_scratch *scratch, struct mim_job *job, uint64_t size);
void tiff_scratch_close(struct tiff_scratch *scratch, struct mim_job *job);

#endif
