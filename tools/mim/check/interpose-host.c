/* SPDX-License-Identifier: MIT */
/* The core's host table with calls that are counted and can fail, and an end that is earlier or later. */
#include <string.h>

#include <mim/plugin.h>

#include "child.h"
#include "interpose.h"

/* The end of the table in ABI 1.0. */
#define SIZE_OF_1_0 (offsetof(struct mim_host, keep_damaged) + sizeof(((struct mim_host *)0)->keep_damaged))

enum { MORE_CALLS = 16 };

static const struct mim_host *core;
static struct {
    struct mim_host host;
    void (*more[MORE_CALLS])(void);
} table;

/* No memory is left for this. */
#define TOO_MUCH ((uint64_t)1 << 62)

/* The core's emit allocates by the job's table, too; that is not memory of the plugin. */
static _Thread_local bool is_core_emitting;

static bool
allocation_fails(void)
{
    return atomic_fetch_add(&interposed->allocations, 1) + 1 == interposed->fail_at;
}

static void *
resize(struct mim_job *job, void *old, uint64_t old_size, uint64_t new_size)
{
    uint64_t before = old ? old_size : 0;
    if (is_core_emitting)
        return core->resize(job, old, old_size, new_size);
    if (new_size > before && allocation_fails())
        return core->resize(job, old, old_size, TOO_MUCH);
    void *moved = core->resize(job, old, old_size, new_size);
    if (moved || !new_size)
        atomic_fetch_add(&interposed->allocated, (int64_t)(new_size - before));
    return moved;
}

static int32_t
reserve(struct mim_job *job, int64_t delta)
{
    int32_t status = core->reserve(job, delta > 0 && allocation_fails() ? (int64_t)TOO_MUCH : delta);
    if (status == MIM_OK)
        atomic_fetch_add(&interposed->reserved, delta);
    return status;
}

static int32_t
emit(struct mim_job *job, const void *data, uint64_t size)
{
    is_core_emitting = true;
    int32_t status = core->emit(job, data, size);
    is_core_emitting = false;
    return status;
}

static int32_t
poll_host(struct mim_job *job)
{
    if (atomic_fetch_add(&interposed->polls, 1) + 1 == interposed->cancel_at) {
        atomic_store(&interposed->cancelled_at, processor_time());
        mim_cancel_request(interposed->cancel);
    }
    return core->poll(job);
}

static void
trap_call(void)
{
    trial_fail("it calls a function beyond the host's struct_size, %u: check MIM_HAS(host, call)", (unsigned)table.host.struct_size);
}

static void
build_table(void)
{
    size_t used = core->struct_size < sizeof table.host ? core->struct_size : sizeof table.host;
    memcpy(&table.host, core, used);
    table.host.resize = resize;
    table.host.reserve = reserve;
    table.host.emit = emit;
    table.host.poll = poll_host;
    if (interposed->host == HOST_SMALLER)
        used = SIZE_OF_1_0;
    void (*trap)(void) = trap_call;
    for (size_t at = used; at + sizeof trap <= sizeof table; at += sizeof trap)
        memcpy((char *)&table + at, &trap, sizeof trap);
    table.host.struct_size = interposed->host == HOST_LARGER ? (uint32_t)sizeof table : (uint32_t)used;
    table.host.minor += interposed->host == HOST_LARGER;
}

void
interpose_host_start(void)
{
    core = NULL;
}

/* The first call of an operation comes on one thread. */
bool
interpose_host(struct mim_job *job)
{
    if (job->host == &table.host)
        return false;
    if (!core) {
        core = job->host;
        build_table();
    }
    job->host = &table.host;
    return true;
}
