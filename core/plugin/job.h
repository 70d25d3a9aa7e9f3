/* SPDX-License-Identifier: MIT */
/* Jobs: the first argument of a plugin's ops and of host calls. */
#ifndef MIM_CORE_PLUGIN_JOB_H
#define MIM_CORE_PLUGIN_JOB_H

#include <stdbool.h>

#include <mim/error.h>
#include <mim/plugin.h>

struct mim_coded_bytes;
struct mim_meta;
struct mim_offers;
struct mim_operation;
struct mim_running_call;

/* One job; the plugin sees only `abi`. Used by one thread at a time. */
struct mim_core_job {
    struct mim_job abi;
    struct mim_operation *operation;
    unsigned worker;        /* index among the file's workers; 0 also for the serial job */
    uint64_t frame;         /* of the current op, for errors; MIM_UNKNOWN: the whole sequence */
    uint32_t step;          /* orders the notices of one frame; 0: serial */
    bool is_muted;          /* drop notices: the op is repeated, or runs once per thread */
    enum mim_status failed; /* fail() or a host call has set `error` */
    bool host_failed;       /* a host call set it: its error takes precedence over the plugin's */
    bool opens_encoder;     /* reserve() raises a derived ceiling: a writer's open */
    bool refused;           /* an allocation exceeded the ceiling */
    struct mim_error error;
    struct mim_running_call *running; /* from begin to end */
    struct mim_error lost; /* damage that the op went on after; `needed`: pixels without samples */
    struct mim_meta *meta;         /* target of host->meta(); NULL outside metadata() */
    struct mim_offers *offers;     /* target of host->offer(); NULL outside offers() */
    const struct mim_origin *origin; /* of the frame that a writer gets; NULL: unknown */
    struct mim_coded_bytes *coded; /* target of host->emit(); NULL: the sink */
};

/* Allocates the worker memory; worker_size is 0 for the serial job. */
enum mim_status mim_job_init(struct mim_core_job *job, struct mim_operation *operation, void *state,
                             uint32_t worker_size, uint32_t threads, struct mim_error *err);
void mim_job_clear(struct mim_core_job *job);

/* Called around every op, with its name. begin clears the last op's results; end merges the op's result and the failures of host
 * calls into one status and error. A failed host call takes precedence over the plugin's own status, and memory
 * refused by the ceiling is LIMIT. */
void mim_job_begin(struct mim_core_job *job, uint64_t frame, const char *op);
enum mim_status mim_job_end(struct mim_core_job *job, int32_t result, const char *op, struct mim_error *err);
/* Instead of end, for an op whose result does not count. */
void mim_job_leave(struct mim_core_job *job);
/* For the core's own series ops, which run a job of another file: takes over that job's status, error and `refused`.
 * Returns the status. */
int32_t mim_job_adopt(struct mim_job *job, enum mim_status status, bool refused, const struct mim_error *error);

/* For host calls. Keeps the first error: later ones follow from it. */
void mim_job_note_failure(struct mim_core_job *job, enum mim_status status);
/* A host call failed and has filled job->error. Returns the status. */
enum mim_status mim_job_host_failure(struct mim_core_job *job, enum mim_status status);

#endif
