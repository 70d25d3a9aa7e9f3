/* SPDX-License-Identifier: MIT */
/* Jobs: what a plugin's ops and host calls get first, as the core sees it. */
#ifndef MIM_CORE_PLUGIN_JOB_H
#define MIM_CORE_PLUGIN_JOB_H

#include <stdbool.h>

#include <mim/error.h>
#include <mim/plugin.h>

struct mim_coded_bytes;
struct mim_meta;
struct mim_operation;

/* One job as the core sees it; the plugin sees `abi`. Used by one thread at a time. */
struct mim_core_job {
    struct mim_job abi;
    struct mim_operation *operation;
    unsigned worker;        /* which of the file's workers; 0 also for the serial job */
    uint64_t frame;         /* of the current op, for errors; MIM_UNKNOWN: of the whole */
    uint32_t step;          /* of that frame's, where notices stand; 0: serial */
    bool is_muted;          /* notices of this op were given before, or would come once a thread */
    enum mim_status failed; /* fail() or a host call has set `error` */
    bool host_failed;       /* a host call did: it beats what the plugin makes of it */
    bool refused;           /* an allocation was over the ceiling */
    struct mim_error error;
    struct mim_meta *meta;         /* where meta() puts values; NULL outside metadata() */
    struct mim_coded_bytes *coded; /* where emit() puts bytes; NULL: the sink */
};

/* `state` and `worker` memory as the ops table asks for; worker_size 0 for the serial job. */
enum mim_status mim_job_init(struct mim_core_job *job, struct mim_operation *operation, void *state,
                             uint32_t worker_size, uint32_t threads, struct mim_error *err);
void mim_job_clear(struct mim_core_job *job);

/* Around every op: begin clears what the last op left; end turns the op's result and what host calls saw into one status
 * with one error: a failed read beats what the plugin concluded from it, and a refusal by a limit is LIMIT. */
void mim_job_begin(struct mim_core_job *job, uint64_t frame);
enum mim_status mim_job_end(struct mim_core_job *job, int32_t result, const char *op, struct mim_error *err);
/* For ops of the core's own, which call another file's: the op ends with that one's error, and `refused` as that one's
 * allocations were. Hands the status back. */
int32_t mim_job_adopt(struct mim_job *job, enum mim_status status, bool refused, const struct mim_error *error);

/* For host calls. Keep the first error: later ones follow from it. */
void mim_job_note_failure(struct mim_core_job *job, enum mim_status status);
/* A host call failed and has filled job->error. Hands the status back. */
enum mim_status mim_job_host_failure(struct mim_core_job *job, enum mim_status status);

#endif
