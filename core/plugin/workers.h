/* SPDX-License-Identifier: MIT */
/* The workers of one file: jobs on which a plugin's ops run concurrently. */
#ifndef MIM_CORE_PLUGIN_WORKERS_H
#define MIM_CORE_PLUGIN_WORKERS_H

#include "plugin/job.h"

struct mim_worker {
    struct mim_core_job job;
    bool is_open; /* worker_open was called */
};

struct mim_workers {
    struct mim_worker *items;
    unsigned count;
    uint32_t memory_size;                 /* worker_size of the plugin's ops */
    int32_t (*open)(struct mim_job *job); /* their worker_open and worker_close, or NULL */
    void (*close)(struct mim_job *job);
};

/* false: no memory. mim_workers_clear() is called in either case. */
bool mim_workers_alloc(struct mim_workers *workers, unsigned count);
enum mim_status mim_workers_init(struct mim_workers *workers, struct mim_operation *operation, void *state,
                                 struct mim_error *err);
/* Sets `job` also on failure. Opens the worker on its first use. */
enum mim_status mim_workers_job(struct mim_workers *workers, unsigned index, struct mim_core_job **job,
                                struct mim_error *err);
/* Nothing may be in flight. Frees the plugin's resources. */
void mim_workers_close(struct mim_workers *workers);
void mim_workers_clear(struct mim_workers *workers);

#endif
