/* SPDX-License-Identifier: MIT */
/* A growing list of numbers. */
#include "list.h"

int32_t
pdf_list_add(struct pdf_list *list, struct mim_job *job, uint64_t item)
{
    if (list->count == list->capacity) {
        uint64_t capacity = list->capacity ? list->capacity * 2 : 256, size = sizeof *list->items;
        uint64_t *items = job->host->resize(job, list->items, list->capacity * size, capacity * size);
        if (!items)
            return job->host->fail(job, MIM_NOMEM, MIM_UNKNOWN, "no memory for a list of %llu pages",
                                   (unsigned long long)capacity);
        list->items = items;
        list->capacity = capacity;
    }
    list->items[list->count++] = item;
    return MIM_OK;
}

void
pdf_list_close(struct pdf_list *list, struct mim_job *job)
{
    job->host->resize(job, list->items, list->capacity * sizeof *list->items, 0);
    *list = (struct pdf_list){ 0 };
}
