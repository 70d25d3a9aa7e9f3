/* SPDX-License-Identifier: MIT */
/* A growing list of numbers. */
#ifndef MIM_PDF_LIST_H
#define MIM_PDF_LIST_H

#include <mim/plugin.h>

struct pdf_list {
    uint64_t *items;
    uint64_t count, capacity;
};

int32_t pdf_list_add(struct pdf_list *list, struct mim_job *job, uint64_t item);
void pdf_list_close(struct pdf_list *list, struct mim_job *job);

#endif
