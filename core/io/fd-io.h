/* SPDX-License-Identifier: MIT */
/* Complete reads and writes on descriptors, despite interrupted calls, short counts and non-blocking descriptors. */
#ifndef MIM_CORE_IO_FD_IO_H
#define MIM_CORE_IO_FD_IO_H

#include <stdbool.h>
#include <stdint.h>

/* Bytes read at `offset`, fewer than `size` only at the end; or minus errno. */
int64_t mim_fd_read_at(int fd, void *data, uint64_t size, uint64_t offset);

/* Writes all bytes, at the current position or at `offset`: 0 or errno. */
int mim_fd_write(int fd, const void *data, uint64_t size);
int mim_fd_write_at(int fd, const void *data, uint64_t size, uint64_t offset);

/* Reports delayed write failures, which close() would return too late, after an fsync if `sync`. The descriptor
 * stays open. 0 or errno. */
int mim_fd_settle(int fd, bool sync);
/* Flushes the names in a directory to disk, if it can be read. */
void mim_fd_sync_directory(int directory);

#endif
