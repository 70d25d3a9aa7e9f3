/* SPDX-License-Identifier: MIT */
/* Reusable memory of a worker. */
#ifndef MIM_PDF_SCRATCH_H
#define MIM_PDF_SCRATCH_H

#include <mim/plugin.h>

struct pdf_scratch {
    uint8_t *data;
    uint64_t capacity;
};

uint8_t *pdf_scratch_get(struct pdf_scratch *scratch, struct mim_job *job, uint64_t size); /* NULL if out of memory */
void pdf_scratch_close(struct pdf_scratch *scratch, struct mim_job *job);

#endif
