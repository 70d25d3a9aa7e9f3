/* SPDX-License-Identifier: MIT */
/* Memory of a worker that grows and is used again. */
#include "file/scratch.h"

uint8_t *
tiff_scratch_get(struct tiff_scratch *scratch, struct mim_job *job, uint64_t size)
{
    if (size <= scratch->capacity && scratch->data)
        return scratch->data;

    /* what it held is not wanted: freeing first keeps the peak down */
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
