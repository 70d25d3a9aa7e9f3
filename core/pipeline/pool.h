/* SPDX-License-Identifier: MIT */
/* A context's threads. Work comes from clients (open readers and writers), one step at a time. */
#ifndef MIM_CORE_PIPELINE_POOL_H
#define MIM_CORE_PIPELINE_POOL_H

#include <pthread.h>
#include <stdbool.h>
#include <stdint.h>

#include <mim/context.h>

struct mim_pool;

/* One piece of work, chosen under the pool's lock and run without it. */
struct mim_pool_client {
    /* Under the lock: claim a step for worker `worker` (0 is the caller). false: nothing to do just now. */
    bool (*claim)(struct mim_pool_client *client, unsigned worker, void *step);
    /* Without the lock. */
    void (*run)(struct mim_pool_client *client, unsigned worker, void *step);
    /* Under the lock: note that it is done. true: another thread may have something to do now, so wake it. */
    bool (*settle)(struct mim_pool_client *client, unsigned worker, void *step);
    struct mim_pool_client *next;
    unsigned running; /* steps in flight on pool threads and callers */
};

/* What a client's frames cost, as a mean that follows: below 40 microseconds, waking a worker costs more than it saves. */
struct mim_pool_pace {
    uint64_t mean_ns, frames;
};
#define MIM_POOL_TINY_NS 40000u

static inline void
mim_pool_pace_note(struct mim_pool_pace *pace, uint64_t cost_ns)
{
    /* the system held it up, that says nothing of the next */
    uint64_t cost = cost_ns < 4 * MIM_POOL_TINY_NS ? cost_ns : 4 * MIM_POOL_TINY_NS;
    uint64_t n = pace->frames++, weight = n < 15 ? n : 15;
    pace->mean_ns = (pace->mean_ns * weight + cost) / (weight + 1);
}

/* Is it known to be too little to share? */
static inline bool
mim_pool_pace_is_tiny(const struct mim_pool_pace *pace)
{
    return pace->frames && pace->mean_ns < MIM_POOL_TINY_NS;
}

#define MIM_POOL_STEP_SIZE 64 /* bytes of a step, on the runner's stack */

/* The context's pool, made on first use; with one thread it has none of its own. NULL: no memory. */
struct mim_pool *mim_pool_of(struct mim_context *context, struct mim_error *err);
void mim_pool_destroy(struct mim_pool *pool);
/* Threads that work at once, the caller's among them. */
unsigned mim_pool_threads(const struct mim_pool *pool);

/* Start the pool's own threads, if that has not happened; where none can be started, fewer work. */
void mim_pool_start(struct mim_pool *pool);

/* From now on its steps are run by pool threads as well. */
void mim_pool_attach(struct mim_pool *pool, struct mim_pool_client *client);
/* Returns when none of its steps is in flight. */
void mim_pool_detach(struct mim_pool *pool, struct mim_pool_client *client);

/* The caller works until `done(client)` (asked under the lock): first at `client`, then at others', and waits when there is
 * nothing to do. `interrupted(client)` is asked, without the lock, between steps and at least every 50 ms; true ends it. */
void mim_pool_work(struct mim_pool *pool, struct mim_pool_client *client, bool (*done)(struct mim_pool_client *),
                   bool (*interrupted)(struct mim_pool_client *));

/* Returns when none of the client's steps runs; it claims no new ones. The caller helps others meanwhile. */
void mim_pool_drain(struct mim_pool *pool, struct mim_pool_client *client);

void mim_pool_lock(struct mim_pool *pool);
void mim_pool_unlock(struct mim_pool *pool);
/* Under the lock: something can be claimed now that could not before. */
void mim_pool_wake(struct mim_pool *pool);

#endif
