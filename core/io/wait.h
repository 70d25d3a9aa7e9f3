/* SPDX-License-Identifier: MIT */
/* Waiting for pipes, until the job is cancelled or out of time. */
#ifndef MIM_CORE_IO_WAIT_H
#define MIM_CORE_IO_WAIT_H

#include <stdatomic.h>
#include <stdint.h>

#include <mim/control.h>

/* What ends a wait. Zeroed: nothing. The fields change while other threads wait. */
struct mim_wait {
    _Atomic(const struct mim_cancel *) cancel; /* NULL: none */
    _Atomic int64_t deadline_ms;               /* on the monotonic clock; 0: none */
};

void mim_wait_set(struct mim_wait *wait, const struct mim_cancel *cancel, int64_t deadline_ms);

/* Each returns minus errno, ECANCELED or ETIME if the wait ended. */
int64_t mim_wait_read(int fd, void *data, uint64_t size, const struct mim_wait *wait); /* some bytes; 0 at the end */
int mim_wait_write(int fd, const void *data, uint64_t size, const struct mim_wait *wait);
int mim_wait_open_fifo(const char *path, const struct mim_wait *wait); /* for writing, once it has a reader */

#endif
