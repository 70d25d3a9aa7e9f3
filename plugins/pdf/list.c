/* SPDX-License-Identifier: MIT */
/* A growing list of numbers. */
#include "list.h"

#include <mim/kit/array.h>

int32_t
pdf_list_add(struct pdf_list *list, struct mim_job *job, uint64_t item)
{
    uint64_t *items = mim_array_reserve(job, list->items, &list->capacity, list->count + 1, sizeof *items);
    if (!items)
        return job->host->fail(job, MIM_NOMEM, MIM_UNKNOWN, "no memory for a list of %llu pages",
                               (unsigned long long)list->count + 1);
    list->items = items;
    list->items[list->count++] = item;
    return MIM_OK;
}

void
pdf_list_close(struct pdf_list *list, struct mim_job *job)
{
    mim_array_free(job, list->items, list->capacity, sizeof *list->items);
    *list = (struct pdf_list){ 0 };
}
