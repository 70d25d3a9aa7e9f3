/* SPDX-License-Identifier: MIT */
/* Frames in flight, in order, and the threads that work on them. Shared by reading and writing. */
#ifndef MIM_CORE_PIPELINE_RING_H
#define MIM_CORE_PIPELINE_RING_H

#include <mim/error.h>

#include "frame/conversion.h"
#include "pipeline/pool.h"
#include "plugin/operation.h"

/*
 * A ring holds the frames between a plugin and the caller, oldest first. Threads claim steps of these frames under the pool's
 * lock, oldest frame first, and run them without it. Reading and writing each provide a struct mim_ring_ops: how to claim a
 * step, run it and settle it. The state of the ring decides which threads may claim:
 *
 *     CALLER ----------- join ----------> SHARED
 *      |  ^                                |  ^
 *   refused  completed                  refused  completed
 *      v  |                                v  |
 *    EXCLUSIVE                           EXCLUSIVE
 *
 *   join:      frames are known to be worth it: several of at least 40 microseconds each, or one that is large
 *   refused:   the oldest frame did not get the memory it needs while other frames held some
 *   completed: that frame is delivered or written
 *
 * In any state the ring can be paused: then no step starts. Serial steps run one at a time, on any thread.
 *
 * Results and errors do not depend on the number of threads:
 * - frames enter in order and are admitted to the working memory in order;
 * - a frame that is refused memory is tried again in EXCLUSIVE, and only there the refusal is an error;
 * - when several steps of a frame fail, the error is that of the step which a single thread would have run first.
 */
enum mim_ring_state {
    MIM_RING_CALLER,   /* the caller's thread alone claims steps */
    MIM_RING_SHARED,   /* threads of the pool claim steps as well */
    MIM_RING_EXCLUSIVE /* the caller's thread alone, for the oldest frame, which may have all the memory */
};

struct mim_ring_outcome {
    enum mim_status status;
    bool is_refused; /* working memory was short; it may suffice in EXCLUSIVE */
    struct mim_error error;
};

/* Work that is split: by the plugin into parts, by the core into bands of rows. */
struct mim_ring_tally {
    uint32_t count, claimed, done;
};

static inline bool
mim_ring_tally_is_idle(const struct mim_ring_tally *tally)
{
    return tally->done == tally->claimed;
}

static inline bool
mim_ring_tally_is_done(const struct mim_ring_tally *tally)
{
    return tally->done == tally->count;
}

/* The part that decode frames and encode frames share; their first member. */
struct mim_ring_entry {
    uint64_t index; /* in the sequence */
    void *packet;   /* memory for the plugin; allocated once for each place in the ring */
    struct mim_ring_tally parts, bands;
    struct mim_ring_outcome outcome;
    uint64_t failed_rank; /* rank of the step that failed */
    uint64_t cost_ns;
};

struct mim_ring_step {
    int kind;       /* defined by the pipeline */
    uint32_t which; /* part or band */
    struct mim_ring_entry *entry;
    uint64_t rank; /* its place in the order of a single thread, within the frame */
    enum mim_status status;
    bool is_serial;
    bool is_timed;   /* its time counts towards the cost of the frame */
    bool is_refused; /* see struct mim_ring_outcome */
    struct mim_conversion_loss loss;
    uint64_t started_ns;
};

struct mim_ring;

struct mim_ring_ops {
    size_t entry_size;
    /* Under the lock: choose a step. false: nothing can start now. Worker 0 is the caller's thread. */
    bool (*claim)(struct mim_ring *ring, unsigned worker, struct mim_ring_step *step);
    /* Without the lock. */
    void (*run)(struct mim_ring *ring, unsigned worker, struct mim_ring_step *step);
    /* Under the lock: the step has run. */
    void (*settle)(struct mim_ring *ring, struct mim_ring_step *step);
    /* Under the lock: free everything in an entry but its packet. */
    void (*clear)(struct mim_ring *ring, struct mim_ring_entry *entry);
    /* Bytes of working memory that the frames hold. */
    uint64_t (*held_bytes)(struct mim_ring *ring);
    /* Whether to join before the cost of a frame is known. */
    bool (*is_large)(struct mim_ring *ring);
};

struct mim_ring {
    struct mim_pool_client client; /* first: the pool hands it back */
    const struct mim_ring_ops *ops;
    struct mim_pool *pool;
    struct mim_operation *operation;
    void *entries;
    unsigned size, first, used;
    unsigned min_capacity; /* entries in use before the pool joins */
    enum mim_ring_state state;
    bool is_attached; /* the pool has joined: EXCLUSIVE returns to SHARED */
    bool is_paused;
    bool is_serial_busy;
    struct mim_pool_pace pace;
};

/* `ops`, `pool`, `operation` and `min_capacity` are set. `packet_size` may be 0. */
enum mim_status mim_ring_alloc(struct mim_ring *ring, unsigned size, uint32_t packet_size, struct mim_error *err);
/* Pause for good; the pool's threads leave. */
void mim_ring_stop(struct mim_ring *ring);
/* After stop: drop what is in flight and free the entries. Accepts a ring whose alloc failed or was not called. */
void mim_ring_clear(struct mim_ring *ring);
/* Entries needed to keep all threads of the pool busy; 0 with one thread. */
unsigned mim_ring_spare_entries(const struct mim_pool *pool);

/* Let the pool join if frames are worth it. Caller's thread. */
void mim_ring_consider_threads(struct mim_ring *ring);
/* Work until `goal`, which is called under the lock, or until the operation is interrupted. Caller's thread. */
void mim_ring_work(struct mim_ring *ring, bool (*goal)(struct mim_pool_client *client));

/* Wait until no step runs; none starts before resume. */
void mim_ring_pause(struct mim_ring *ring);
void mim_ring_resume(struct mim_ring *ring);
/* While the ring is paused: enter or leave EXCLUSIVE. */
void mim_ring_set_exclusive(struct mim_ring *ring, bool is_exclusive);

/* All the following under the pool's lock, or while the ring is paused. */

/* Entry i, counted from the oldest. Entry `used` is the next free one. */
static inline struct mim_ring_entry *
mim_ring_at(const struct mim_ring *ring, unsigned i)
{
    return (struct mim_ring_entry *)((char *)ring->entries + (ring->first + i) % ring->size * ring->ops->entry_size);
}

unsigned mim_ring_capacity(const struct mim_ring *ring);
/* Charge what the frames hold to the memory budget. */
void mim_ring_charge(struct mim_ring *ring);
void mim_ring_drop_first(struct mim_ring *ring);
/* The frame is delivered or written: note its cost and leave EXCLUSIVE. */
void mim_ring_complete(struct mim_ring *ring, const struct mim_ring_entry *entry);
/* There may be new steps: wake the pool if it has joined and frames are worth it. */
void mim_ring_wake(struct mim_ring *ring);

/* Set the outcome. An error without a frame number gets that of the frame. */
void mim_ring_fail(struct mim_ring_entry *entry, enum mim_status status, const struct mim_error *error);
/* A step has failed: keep the earliest failure. Takes the lock. */
void mim_ring_note_failure(struct mim_ring *ring, const struct mim_ring_step *step, const struct mim_error *error);

#endif
