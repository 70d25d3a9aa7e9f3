/* SPDX-License-Identifier: MIT */
/* Fills and checks guards. Only one operation of the plugin under test runs at a time. */
#include "guard.h"

#include <string.h>

#include "child.h"

enum { TAIL = 64 };

static const void *guarded_state; /* a writer without serial ops has none */

void
guard_set(void *memory, uint32_t size)
{
    if (interposed->is_guarded && memory)
        memset((uint8_t *)memory + size, GUARD_BYTE, GUARD);
}

void
guard_check(const void *memory, uint32_t size, const char *what, const char *op)
{
    for (uint32_t i = 0; memory && i < GUARD; i++)
        if (((const uint8_t *)memory)[size + i] != GUARD_BYTE)
            trial_fail("%s writes byte %u of a %s, and its size is %u", op, size + i, what, size);
}

void
guard_set_state(const struct mim_job *job, const struct guard_sizes *sizes)
{
    guard_set(job->state, sizes->state);
    guarded_state = job->state;
}

/* Before each op: the job gets the checker's host, and new memory its guard. */
void
guard_enter(struct mim_job *job, const struct guard_sizes *sizes)
{
    if (!interpose_host(job))
        return;
    if (job->worker)
        guard_set(job->worker, sizes->worker);
    else
        guard_set_state(job, sizes);
}

/* After each op; `packet` may be NULL. */
void
guard_leave(const struct mim_job *job, const struct guard_sizes *sizes, const void *packet, const char *op)
{
    if (!interposed->is_guarded)
        return;
    guard_check(job->state == guarded_state ? job->state : NULL, sizes->state, "state", op);
    guard_check(job->worker, sizes->worker, "worker", op);
    guard_check(packet, sizes->packet, "packet", op);
}

/* Structs that the core fills, larger than the plugin knows. */
union larger_sequence {
    struct mim_sequence known;
    uint8_t bytes[sizeof(struct mim_sequence) + TAIL];
};
union larger_info {
    struct mim_frame_info known;
    uint8_t bytes[sizeof(struct mim_frame_info) + TAIL];
};

static void
check_tail(const uint8_t *tail, const char *what, const char *op)
{
    for (size_t i = 0; i < TAIL; i++)
        if (tail[i] != GUARD_BYTE)
            trial_fail("%s writes behind the %s that it knows", op, what);
}

int32_t
guard_call_sequence(guard_sequence_op *op, struct mim_job *job, struct mim_sequence *sequence, const char *name)
{
    union larger_sequence larger;
    if (!interposed->is_larger)
        return op(job, sequence);
    memset(&larger, GUARD_BYTE, sizeof larger);
    larger.known = *sequence;
    larger.known.struct_size = sizeof larger;
    int32_t status = op(job, &larger.known);
    check_tail(larger.bytes + sizeof larger.known, "struct mim_sequence", name);
    uint32_t size = sequence->struct_size;
    *sequence = larger.known;
    sequence->struct_size = size;
    return status;
}

int32_t
guard_call_frame(guard_frame_op *op, struct mim_job *job, uint64_t index, void *packet, struct mim_frame_info *info, const char *name)
{
    union larger_info larger;
    if (!interposed->is_larger)
        return op(job, index, packet, info);
    memset(&larger, GUARD_BYTE, sizeof larger);
    larger.known = *info;
    larger.known.struct_size = sizeof larger;
    int32_t status = op(job, index, packet, &larger.known);
    check_tail(larger.bytes + sizeof larger.known, "struct mim_frame_info", name);
    uint32_t size = info->struct_size;
    *info = larger.known;
    info->struct_size = size;
    return status;
}
