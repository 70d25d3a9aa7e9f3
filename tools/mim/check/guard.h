/* SPDX-License-Identifier: MIT */
/* Bytes behind the memory of a plugin, which it must not write. */
#ifndef MIM_TOOL_CHECK_GUARD_H
#define MIM_TOOL_CHECK_GUARD_H

#include "interpose.h"

enum { GUARD = 256, GUARD_BYTE = 0xa5 };

/* The memory that the plugin asks for. */
struct guard_sizes {
    uint32_t state, packet, worker;
};

/* Fill, and check after an op, the guard behind memory of `size` bytes, which may be NULL. */
void guard_set(void *memory, uint32_t size);
void guard_check(const void *memory, uint32_t size, const char *what, const char *op);
void guard_set_state(const struct mim_job *job, const struct guard_sizes *sizes);

/* Before each op: the job gets the checker's host, and new memory its guard. After each op; `packet` may be NULL. */
void guard_enter(struct mim_job *job, const struct guard_sizes *sizes);
void guard_leave(const struct mim_job *job, const struct guard_sizes *sizes, const void *packet, const char *op);

/* An op with this call; `packet_` is the packet that it may write to, or NULL. */
#define PASS(op, sizes, packet_, call) \
    guard_enter(job, sizes); \
    int32_t status = call; \
    guard_leave(job, sizes, packet_, op); \
    return status

/* Call an op with a struct that may be larger than the plugin knows. */
typedef int32_t guard_sequence_op(struct mim_job *, struct mim_sequence *);
int32_t guard_call_sequence(guard_sequence_op *op, struct mim_job *job, struct mim_sequence *sequence, const char *name);
typedef int32_t guard_frame_op(struct mim_job *, uint64_t, void *, struct mim_frame_info *);
int32_t guard_call_frame(guard_frame_op *op, struct mim_job *job, uint64_t index, void *packet, struct mim_frame_info *info,
                         const char *name);

#endif
