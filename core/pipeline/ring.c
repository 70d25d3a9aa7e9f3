/* SPDX-License-Identifier: MIT */
/* Which threads may claim steps of the frames in flight, and what becomes of failures. */
#include "pipeline/ring.h"

#include <stdlib.h>

#include "base/cancel.h"
#include "base/error.h"

#define ENTRIES_PER_THREAD 2

_Static_assert(sizeof(struct mim_ring_step) <= MIM_POOL_STEP_SIZE, "a step fits");

static struct mim_ring *
ring_of(struct mim_pool_client *client)
{
    return (struct mim_ring *)client;
}

/* --- steps for the pool ------------------------------------------------------------------------------------------- */

static bool
may_claim(const struct mim_ring *ring, unsigned worker)
{
    if (ring->is_paused)
        return false;
    return !worker || (ring->state == MIM_RING_SHARED && !mim_pool_pace_is_tiny(&ring->pace));
}

static bool
claim_step(struct mim_pool_client *client, unsigned worker, void *out)
{
    struct mim_ring *ring = ring_of(client);
    struct mim_ring_step *step = out;
    if (!may_claim(ring, worker) || !ring->ops->claim(ring, worker, step))
        return false;
    ring->is_serial_busy |= step->is_serial;
    step->is_timed &= mim_pool_threads(ring->pool) > 1; /* the cost of frames decides whether threads are worth it */
    return true;
}

static void
run_step(struct mim_pool_client *client, unsigned worker, void *in)
{
    struct mim_ring_step *step = in;
    if (step->is_timed)
        step->started_ns = mim_clock_ns();
    ring_of(client)->ops->run(ring_of(client), worker, step);
}

static bool
settle_step(struct mim_pool_client *client, unsigned worker, void *in)
{
    struct mim_ring *ring = ring_of(client);
    struct mim_ring_step *step = in;
    (void)worker;
    if (step->is_timed)
        step->entry->cost_ns += mim_clock_ns() - step->started_ns;
    if (step->is_serial)
        ring->is_serial_busy = false;
    ring->ops->settle(ring, step);
    return ring->is_attached && !mim_pool_pace_is_tiny(&ring->pace);
}

/* --- threads ------------------------------------------------------------------------------------------------------ */

/* Before the pool joins, only the caller's thread uses the ring, so this takes no lock. */
void
mim_ring_consider_threads(struct mim_ring *ring)
{
    if (ring->is_attached || mim_pool_threads(ring->pool) < 2)
        return;
    if (ring->pace.frames ? mim_pool_pace_is_tiny(&ring->pace) : !ring->ops->is_large(ring))
        return;

    mim_pool_start(ring->pool);
    mim_pool_attach(ring->pool, &ring->client);
    mim_pool_lock(ring->pool);
    ring->is_attached = true;
    if (ring->state == MIM_RING_CALLER)
        ring->state = MIM_RING_SHARED;
    mim_pool_wake(ring->pool);
    mim_pool_unlock(ring->pool);
}

static bool
is_interrupted(struct mim_pool_client *client)
{
    return mim_operation_poll(ring_of(client)->operation, NULL) != MIM_OK;
}

void
mim_ring_work(struct mim_ring *ring, bool (*goal)(struct mim_pool_client *client))
{
    mim_pool_work(ring->pool, &ring->client, goal, is_interrupted);
}

void
mim_ring_wake(struct mim_ring *ring)
{
    if (ring->is_attached && !mim_pool_pace_is_tiny(&ring->pace))
        mim_pool_wake(ring->pool);
}

/* --- states ------------------------------------------------------------------------------------------------------- */

void
mim_ring_pause(struct mim_ring *ring)
{
    mim_pool_lock(ring->pool);
    ring->is_paused = true;
    mim_pool_unlock(ring->pool);
    mim_pool_drain(ring->pool, &ring->client);
}

void
mim_ring_resume(struct mim_ring *ring)
{
    mim_pool_lock(ring->pool);
    ring->is_paused = false;
    mim_pool_wake(ring->pool);
    mim_pool_unlock(ring->pool);
}

void
mim_ring_set_exclusive(struct mim_ring *ring, bool is_exclusive)
{
    ring->state = is_exclusive ? MIM_RING_EXCLUSIVE : ring->is_attached ? MIM_RING_SHARED : MIM_RING_CALLER;
}

void
mim_ring_complete(struct mim_ring *ring, const struct mim_ring_entry *entry)
{
    mim_pool_pace_note(&ring->pace, entry->cost_ns);
    mim_ring_set_exclusive(ring, false);
}

/* --- entries ------------------------------------------------------------------------------------------------------ */

unsigned
mim_ring_capacity(const struct mim_ring *ring)
{
    return ring->is_attached ? ring->size : ring->min_capacity;
}

void
mim_ring_charge(struct mim_ring *ring)
{
    mim_memory_budget_set_frames(&ring->operation->budget, ring->ops->held_bytes(ring));
}

void
mim_ring_drop_first(struct mim_ring *ring)
{
    ring->ops->clear(ring, mim_ring_at(ring, 0));
    ring->first = (ring->first + 1) % ring->size;
    ring->used--;
    mim_ring_charge(ring);
}

void
mim_ring_fail(struct mim_ring_entry *entry, enum mim_status status, const struct mim_error *error)
{
    entry->outcome.status = status;
    entry->outcome.error = *error;
    if (error->frame == MIM_UNKNOWN)
        entry->outcome.error.frame = entry->index;
}

void
mim_ring_note_failure(struct mim_ring *ring, const struct mim_ring_step *step, const struct mim_error *error)
{
    struct mim_ring_entry *entry = step->entry;
    mim_pool_lock(ring->pool);
    if (entry->outcome.status == MIM_OK || step->rank < entry->failed_rank) {
        mim_ring_fail(entry, step->status, error);
        entry->failed_rank = step->rank;
        entry->outcome.is_refused = step->is_refused && ring->state != MIM_RING_EXCLUSIVE;
    }
    mim_pool_unlock(ring->pool);
}

/* --- opening and closing ------------------------------------------------------------------------------------------ */

unsigned
mim_ring_spare_entries(const struct mim_pool *pool)
{
    unsigned threads = mim_pool_threads(pool);
    return threads > 1 ? threads * ENTRIES_PER_THREAD : 0;
}

enum mim_status
mim_ring_alloc(struct mim_ring *ring, unsigned size, uint32_t packet_size, struct mim_error *err)
{
    ring->client = (struct mim_pool_client){ .claim = claim_step, .run = run_step, .settle = settle_step };
    ring->entries = calloc(size, ring->ops->entry_size);
    if (!ring->entries)
        return mim_fail_nomem(err, "frames in flight");
    ring->size = size;
    for (unsigned i = 0; i < size; i++)
        if (!(mim_ring_at(ring, i)->packet = calloc(1, packet_size ? packet_size : 1)))
            return mim_fail_nomem(err, "frames in flight");
    return MIM_OK;
}

void
mim_ring_stop(struct mim_ring *ring)
{
    mim_ring_pause(ring);
    if (ring->is_attached)
        mim_pool_detach(ring->pool, &ring->client);
    ring->is_attached = false;
}

void
mim_ring_clear(struct mim_ring *ring)
{
    while (ring->used)
        mim_ring_drop_first(ring);
    for (unsigned i = 0; i < ring->size; i++)
        free(mim_ring_at(ring, i)->packet);
    free(ring->entries);
    ring->entries = NULL;
    ring->size = 0;
}
