/* SPDX-License-Identifier: MIT */
/* Memory of a worker that grows and is reused. */
#include "file/scratch.h"

uint8_t *
tiff_scratch_get(struct tiff_scratch *scratch, struct mim_job *job, uint64_t size)
{
    if (size <= scratch->capacity && scratch->data)
        return scratch->data;

    /* the old contents are not needed: freeing them first lowers peak memory */
    tiff_scratch_close(scratch, job);
    scratch->data = job->host->resize(job, NULL, 0, size ? size : 1);
    if (scratch->data)
        scratch->capacity = size ? size : 1;
    return scratch->data;
}

void
tiff_scratch_close(struct tiff_scratch *scratch, struct mim_job *job)
{
    job->host->resize(job, scratch->data, scratch->capacity, 0);
    *scratch = (struct tiff_scratch){ 0 };
}
