/* SPDX-License-Identifier: MIT */
/* read and write on descriptors, whole: interrupted calls, short counts and non-blocking descriptors are dealt with. */
#ifndef MIM_CORE_IO_FD_IO_H
#define MIM_CORE_IO_FD_IO_H

#include <stdbool.h>
#include <stdint.h>

/* One read at the current position, as much as there is: bytes, 0 at the end, or minus errno. */
int64_t mim_fd_read_some(int fd, void *data, uint64_t size);
/* Bytes read at `offset`, fewer than `size` only at the end; or minus errno. */
int64_t mim_fd_read_at(int fd, void *data, uint64_t size, uint64_t offset);

/* All of it, at the current position or at `offset`: 0 or errno. */
int mim_fd_write(int fd, const void *data, uint64_t size);
int mim_fd_write_at(int fd, const void *data, uint64_t size, uint64_t offset);

/* Have delayed failures told while something can still be done about them: what close() would say, after an fsync if
 * `sync`. The descriptor stays open. 0 or errno. */
int mim_fd_settle(int fd, bool sync);

#endif
