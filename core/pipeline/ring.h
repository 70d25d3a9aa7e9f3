/* SPDX-License-Identifier: MIT */
/* Frames in flight, in order, and the threads that work on them: the machine that reading and writing share. */
#ifndef MIM_CORE_PIPELINE_RING_H
#define MIM_CORE_PIPELINE_RING_H

#include <mim/error.h>

#include "frame/conversion.h"
#include "pipeline/pool.h"
#include "plugin/operation.h"

/*
 * A ring holds the frames between the plugin and the caller, oldest first. Threads claim steps of these frames under the
 * pool's lock, oldest frame first, and run them without it. Reading and writing each fill in a struct mim_ring_ops: how to
 * claim a step, run it and settle it. The ring decides who may claim:
 *
 *               join                     refused
 *   CALLER ------------> SHARED ----------------------> EXCLUSIVE
 *     |  ^                  ^                            |  ^  |
 *     |  |                  +------- first completed ----+  |  |
 *     |  +-------------- first completed, never joined -----|--+
 *     +-------------------------- refused ------------------+
 *
 * In any state the ring can be paused: then no step starts. Serial steps run one at a time, on any thread.
 *
 * Results and errors do not depend on the number of threads:
 * - frames enter in order and are admitted in order against the working memory;
 * - a frame that is refused memory while others hold some works again in EXCLUSIVE; only then its failure counts;
 * - of the steps of a frame that fail, the one that a single thread would have run first counts.
 */
enum mim_ring_state {
    MIM_RING_CALLER,   /* the caller's thread alone: there is one frame, or frames are too small to share */
    MIM_RING_SHARED,   /* the pool's threads as well */
    MIM_RING_EXCLUSIVE /* the oldest frame on the caller's thread, with all the memory there is */
};

/* How a frame fared. */
struct mim_ring_outcome {
    enum mim_status status;
    bool is_refused; /* of working memory, which the frame may get in EXCLUSIVE */
    struct mim_error error;
};

/* Work that is split: into parts by the plugin, into bands of rows by the core. */
struct mim_ring_tally {
    uint32_t count, claimed, done;
};

static inline bool
mim_ring_is_idle(const struct mim_ring_tally *tally)
{
    return tally->done == tally->claimed;
}

static inline bool
mim_ring_is_done(const struct mim_ring_tally *tally)
{
    return tally->done == tally->count;
}

/* What frames being read and written have in common; their first member. */
struct mim_ring_entry {
    uint64_t index; /* in the sequence */
    void *packet;   /* the plugin's; belongs to the place in the ring */
    struct mim_ring_tally parts, bands;
    struct mim_ring_outcome outcome;
    uint64_t failed_rank; /* of the step that failed */
    uint64_t cost_ns;
};

struct mim_ring_step {
    int kind;       /* the pipeline's own */
    uint32_t which; /* part or band */
    struct mim_ring_entry *entry;
    uint64_t rank; /* place among the steps of the frame when a single thread runs them */
    enum mim_status status;
    bool is_serial;
    bool is_timed;   /* counts towards the cost of the frame */
    bool is_refused; /* see struct mim_ring_outcome */
    struct mim_conversion_loss loss;
    uint64_t started_ns;
};

struct mim_ring;

struct mim_ring_ops {
    size_t entry_size;
    /* Under the lock: fills the step. false: nothing can start now. Worker 0 is the caller's thread. */
    bool (*claim)(struct mim_ring *ring, unsigned worker, struct mim_ring_step *step);
    /* Without the lock. */
    void (*run)(struct mim_ring *ring, unsigned worker, struct mim_ring_step *step);
    /* Under the lock: the step has run. */
    void (*settle)(struct mim_ring *ring, struct mim_ring_step *step);
    /* Under the lock: gives back all of an entry but its packet. */
    void (*clear)(struct mim_ring *ring, struct mim_ring_entry *entry);
    /* Working memory that the frames hold. */
    uint64_t (*held_bytes)(struct mim_ring *ring);
    /* Is the frame worth several threads, before any has shown what frames cost? */
    bool (*is_large)(struct mim_ring *ring);
};

struct mim_ring {
    struct mim_pool_client client; /* first: the pool hands it back */
    const struct mim_ring_ops *ops;
    struct mim_pool *pool;
    struct mim_operation *operation;
    void *entries;
    unsigned size, first, used;
    unsigned min_capacity; /* entries in use while the caller's thread is alone */
    enum mim_ring_state state;
    bool is_attached; /* the pool's threads have joined: EXCLUSIVE returns to SHARED */
    bool is_paused;
    bool is_serial_busy;
    struct mim_pool_pace pace;
};

/* `ops`, `pool`, `operation` and `min_capacity` are set. `packet_size` may be 0. */
enum mim_status mim_ring_alloc(struct mim_ring *ring, unsigned size, uint32_t packet_size, struct mim_error *err);
/* Pause for good; the pool's threads leave. */
void mim_ring_stop(struct mim_ring *ring);
/* Stopped: drop what is in flight, free the entries. Harmless after a failed alloc, or without one. */
void mim_ring_clear(struct mim_ring *ring);
/* Entries that keep all threads of the pool busy; 0 for a pool of one thread. */
unsigned mim_ring_spare_entries(const struct mim_pool *pool);

/* The pool's threads join, unless they have, when frames cost enough for it. On the caller's thread. */
void mim_ring_consider_threads(struct mim_ring *ring);
/* Work until `goal`, which is asked under the lock, or until the operation is interrupted. On the caller's thread. */
void mim_ring_work(struct mim_ring *ring, bool (*goal)(struct mim_pool_client *client));

/* Until resume no step starts, and none is running. */
void mim_ring_pause(struct mim_ring *ring);
void mim_ring_resume(struct mim_ring *ring);
/* The ring is paused: it resumes in EXCLUSIVE, or out of it. */
void mim_ring_set_exclusive(struct mim_ring *ring, bool is_exclusive);

/* All the following under the pool's lock, or while the ring is paused. */

/* Entry i, counted from the oldest. Entry `used` is free for the next frame while used < capacity. */
static inline struct mim_ring_entry *
mim_ring_at(const struct mim_ring *ring, unsigned i)
{
    return (struct mim_ring_entry *)((char *)ring->entries + (ring->first + i) % ring->size * ring->ops->entry_size);
}

unsigned mim_ring_capacity(const struct mim_ring *ring);
void mim_ring_charge(struct mim_ring *ring);
void mim_ring_drop_first(struct mim_ring *ring);
/* The frame was delivered or written: note its cost and leave EXCLUSIVE. */
void mim_ring_complete(struct mim_ring *ring, const struct mim_ring_entry *entry);
/* Wake the pool's threads when they have joined and a step is worth it. */
void mim_ring_wake(struct mim_ring *ring);

/* Set the outcome. The error gets the frame's number, unless it has one. */
void mim_ring_fail(struct mim_ring_entry *entry, enum mim_status status, const struct mim_error *error);
/* A step has failed: keep the earliest failure. Without the lock. */
void mim_ring_note_failure(struct mim_ring *ring, const struct mim_ring_step *step, const struct mim_error *error);

#endif
