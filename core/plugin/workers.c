/* SPDX-License-Identifier: MIT */
/* Workers, which the plugin opens on their first use. */
#include "plugin/workers.h"

#include <stdlib.h>
#include <string.h>

bool
mim_workers_alloc(struct mim_workers *workers, unsigned count)
{
    workers->items = calloc(count, sizeof *workers->items);
    workers->count = workers->items ? count : 0;
    return workers->items;
}

enum mim_status
mim_workers_init(struct mim_workers *workers, struct mim_operation *operation, void *state, struct mim_error *err)
{
    enum mim_status status = MIM_OK;
    for (unsigned i = 0; i < workers->count && status == MIM_OK; i++) {
        status = mim_job_init(&workers->items[i].job, operation, state, workers->memory_size, 1, err);
        workers->items[i].job.worker = i;
    }
    return status;
}

static void
close_worker(struct mim_workers *workers, struct mim_worker *worker)
{
    if (!worker->is_open)
        return;
    worker->is_open = false;
    if (workers->close)
        workers->close(&worker->job.abi);
    if (worker->job.abi.worker)
        memset(worker->job.abi.worker, 0, workers->memory_size);
}

enum mim_status
mim_workers_job(struct mim_workers *workers, unsigned index, struct mim_core_job **job, struct mim_error *err)
{
    struct mim_worker *worker = &workers->items[index];
    *job = &worker->job;
    if (worker->is_open)
        return MIM_OK;

    worker->is_open = true; /* worker_close follows even if this fails */
    mim_job_begin(&worker->job, MIM_UNKNOWN, "worker_open");
    worker->job.is_muted = true; /* notices must not depend on the number of workers */
    int32_t result = workers->open ? workers->open(&worker->job.abi) : MIM_OK;
    enum mim_status status = mim_job_end(&worker->job, result, "worker_open", err);
    if (status != MIM_OK)
        close_worker(workers, worker);
    return status;
}

void
mim_workers_close(struct mim_workers *workers)
{
    for (unsigned i = 0; i < workers->count; i++)
        close_worker(workers, &workers->items[i]);
}

void
mim_workers_clear(struct mim_workers *workers)
{
    mim_workers_close(workers);
    for (unsigned i = 0; i < workers->count; i++)
        mim_job_clear(&workers->items[i].job);
    free(workers->items);
    *workers = (struct mim_workers){ 0 };
}
