/* SPDX-License-Identifier: MIT */
/* The threads of a context. They run steps of clients, which are open readers and writers. */
#ifndef MIM_CORE_PIPELINE_POOL_H
#define MIM_CORE_PIPELINE_POOL_H

#include <pthread.h>
#include <stdbool.h>
#include <stdint.h>

#include <mim/context.h>

struct mim_pool;

/* A source of steps. A step is claimed under the pool's lock and run without it. */
struct mim_pool_client {
    /* Under the lock: claim a step for worker `worker` (0: the caller's thread). false: nothing to do now. */
    bool (*claim)(struct mim_pool_client *client, unsigned worker, void *step);
    /* Without the lock. */
    void (*run)(struct mim_pool_client *client, unsigned worker, void *step);
    /* Under the lock: the step is done. true: wake other threads, they may have something to do now. */
    bool (*settle)(struct mim_pool_client *client, unsigned worker, void *step);
    struct mim_pool_client *next;
    unsigned running; /* steps in flight on pool threads and callers */
};

/* Moving average of what a frame costs. Below 40 microseconds, waking a worker costs more than it saves. */
struct mim_pool_pace {
    uint64_t mean_ns, frames;
};
#define MIM_POOL_TINY_NS 40000u

static inline void
mim_pool_pace_note(struct mim_pool_pace *pace, uint64_t cost_ns)
{
    /* a frame held up by the system says nothing about the next */
    uint64_t cost = cost_ns < 4 * MIM_POOL_TINY_NS ? cost_ns : 4 * MIM_POOL_TINY_NS;
    uint64_t n = pace->frames++, weight = n < 15 ? n : 15;
    pace->mean_ns = (pace->mean_ns * weight + cost) / (weight + 1);
}

/* Frames are known to be too small to share. */
static inline bool
mim_pool_pace_is_tiny(const struct mim_pool_pace *pace)
{
    return pace->frames && pace->mean_ns < MIM_POOL_TINY_NS;
}

#define MIM_POOL_STEP_SIZE 64 /* bytes of a step, on the stack of the thread that runs it */

/* The pool of the context, created on first use, in a child process too. NULL: no memory. */
struct mim_pool *mim_pool_of(struct mim_context *context, struct mim_error *err);
void mim_pool_destroy(struct mim_pool *pool);
/* Threads that work at once, including the caller's. */
unsigned mim_pool_threads(const struct mim_pool *pool);

/* Start the pool's own threads, once. Threads that cannot be started are done without. */
void mim_pool_start(struct mim_pool *pool);

/* From now on pool threads run steps of the client as well. */
void mim_pool_attach(struct mim_pool *pool, struct mim_pool_client *client);
/* Waits until no step of the client runs. */
void mim_pool_detach(struct mim_pool *pool, struct mim_pool_client *client);

/* The caller's thread runs steps until `done(client)`: steps of `client` first, then those of other clients; it waits when
 * there are none. `interrupted(client)` is called between steps and at least every 50 ms; true ends the work. Both are called
 * under the lock. */
void mim_pool_work(struct mim_pool *pool, struct mim_pool_client *client, bool (*done)(struct mim_pool_client *),
                   bool (*interrupted)(struct mim_pool_client *));

/* Wait until no step of the client runs; the client must not claim new ones. The caller helps other clients meanwhile. */
void mim_pool_drain(struct mim_pool *pool, struct mim_pool_client *client);

void mim_pool_lock(struct mim_pool *pool);
void mim_pool_unlock(struct mim_pool *pool);
/* Under the lock: there may be a step to claim that was not there before. */
void mim_pool_wake(struct mim_pool *pool);

#endif
