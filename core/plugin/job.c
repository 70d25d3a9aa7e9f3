/* SPDX-License-Identifier: MIT */
/* Jobs: one call of a plugin's op and its result. */
#include "plugin/job.h"

#include <stdio.h>
#include <stdlib.h>

#include "base/error.h"
#include "base/running-calls.h"
#include "plugin/operation.h"

enum mim_status
mim_job_init(struct mim_core_job *job, struct mim_operation *operation, void *state, uint32_t worker_size,
             uint32_t threads, struct mim_error *err)
{
    *job = (struct mim_core_job){
        .abi = { .struct_size = sizeof job->abi,
                 .threads = threads,
                 .host = operation->host,
                 .state = state,
                 .core = job },
        .operation = operation,
        .frame = MIM_UNKNOWN,
    };
    if (!worker_size)
        return MIM_OK;
    job->abi.worker = calloc(1, worker_size);
    return job->abi.worker ? MIM_OK : mim_fail_nomem(err, "a worker");
}

void
mim_job_clear(struct mim_core_job *job)
{
    free(job->abi.worker);
    job->abi.worker = NULL;
}

void
mim_job_begin(struct mim_core_job *job, uint64_t frame, const char *op)
{
    if (job->operation->plugin)
        job->running = mim_running_enter(job->operation->plugin, op);
    job->frame = frame;
    job->step = 0;
    job->is_muted = false;
    job->failed = MIM_OK;
    job->host_failed = job->refused = false;
    job->lost.status = MIM_OK;
}

void
mim_job_leave(struct mim_core_job *job)
{
    mim_running_leave(job->running);
    job->running = NULL;
}

void
mim_job_note_failure(struct mim_core_job *job, enum mim_status status)
{
    job->failed = status;
    job->error.frame = job->frame;
    snprintf(job->error.plugin, sizeof job->error.plugin, "%s", job->operation->plugin);
}

enum mim_status
mim_job_host_failure(struct mim_core_job *job, enum mim_status status)
{
    if (!job->host_failed)
        mim_job_note_failure(job, status);
    job->host_failed = true;
    return status;
}

static enum mim_status
limit_error(struct mim_core_job *job)
{
    mim_memory_budget_fail(&job->operation->budget, job->error.needed, &job->error);
    mim_job_note_failure(job, MIM_LIMIT);
    return MIM_LIMIT;
}

static enum mim_status
fail_broken(struct mim_core_job *job, int32_t result, const char *op, const char *why)
{
    mim_fail(&job->error, MIM_BROKEN_PLUGIN, "the plugin's %s() returned %d, which %s", op, result, why);
    mim_job_note_failure(job, MIM_BROKEN_PLUGIN);
    return MIM_BROKEN_PLUGIN;
}

static enum mim_status
settled_status(struct mim_core_job *job, int32_t result, const char *op)
{
    if (job->host_failed)
        return job->failed;
    if (result == MIM_NOMEM && job->refused)
        return limit_error(job);
    if (result == MIM_OK || result == MIM_END)
        return (enum mim_status)result;
    if (result < 0 || result > MIM_CRASHED)
        return fail_broken(job, result, op, "is no status");
    if ((result == MIM_CANCELLED || result == MIM_TIMEOUT) && mim_operation_poll(job->operation, NULL) == MIM_OK)
        return fail_broken(job, result, op,
                           "was not requested"); /* an unrequested interruption would be retried for ever */
    if (job->failed == (enum mim_status)result)
        return job->failed;

    mim_fail(&job->error, (enum mim_status)result, "%s", mim_status_text((enum mim_status)result));
    mim_job_note_failure(job, (enum mim_status)result);
    return (enum mim_status)result;
}

enum mim_status
mim_job_end(struct mim_core_job *job, int32_t result, const char *op, struct mim_error *err)
{
    mim_job_leave(job);
    enum mim_status status = settled_status(job, result, op);
    if (status != MIM_OK && status != MIM_END && err)
        *err = job->error;
    return status;
}

int32_t
mim_job_adopt(struct mim_job *abi, enum mim_status status, bool refused, const struct mim_error *error)
{
    struct mim_core_job *job = abi->core;
    if (status == MIM_OK)
        return MIM_OK;
    job->error = *error;
    job->error.frame = job->frame;
    job->failed = status;
    job->host_failed = true;
    job->refused = refused;
    return (int32_t)status;
}
