/* SPDX-License-Identifier: MIT */
/* Reusable memory of a worker. */
#include "scratch.h"

uint8_t *
pdf_scratch_get(struct pdf_scratch *scratch, struct mim_job *job, uint64_t size)
{
    if (size <= scratch->capacity && scratch->data)
        return scratch->data;

    /* the contents are not needed: freeing first lowers the peak */
    pdf_scratch_close(scratch, job);
    scratch->data = job->host->resize(job, NULL, 0, size ? size : 1);
    if (scratch->data)
        scratch->capacity = size ? size : 1;
    return scratch->data;
}

void
pdf_scratch_close(struct pdf_scratch *scratch, struct mim_job *job)
{
    job->host->resize(job, scratch->data, scratch->capacity, 0);
    *scratch = (struct pdf_scratch){ 0 };
}
