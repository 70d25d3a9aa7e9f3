/* SPDX-License-Identifier: MIT */
/* Complete reads and writes on descriptors. */
#include "io/fd-io.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <stddef.h>
#include <unistd.h>

/* Below the limit of one call on Linux, and of a 32-bit ssize_t. */
#define MAX_AT_ONCE (1u << 30)

static size_t
next_portion(uint64_t size)
{
    return size < MAX_AT_ONCE ? (size_t)size : MAX_AT_ONCE;
}

/* Whether the call that set errno should be retried; waits for a non-blocking descriptor. */
static bool
try_again(int fd, short events)
{
    if (errno == EINTR)
        return true;
    if (errno != EAGAIN && errno != EWOULDBLOCK)
        return false;
    struct pollfd wait = { .fd = fd, .events = events };
    return poll(&wait, 1, -1) >= 0 || errno == EINTR;
}

int64_t
mim_fd_read_at(int fd, void *data, uint64_t size, uint64_t offset)
{
    uint64_t done = 0;
    while (done < size && offset + done <= INT64_MAX) {
        ssize_t n = pread(fd, (char *)data + done, next_portion(size - done), (off_t)(offset + done));
        if (n < 0 && try_again(fd, POLLIN))
            continue;
        if (n < 0)
            return -(int64_t)errno;
        if (n == 0)
            break;
        done += (uint64_t)n;
    }
    return (int64_t)done;
}

/* Writes at the current position if `offset` is negative. */
static int
write_all(int fd, const char *data, uint64_t size, off_t offset)
{
    uint64_t done = 0;
    while (done < size) {
        size_t portion = next_portion(size - done);
        ssize_t n =
            offset < 0 ? write(fd, data + done, portion) : pwrite(fd, data + done, portion, offset + (off_t)done);
        if (n < 0 && try_again(fd, POLLOUT))
            continue;
        if (n <= 0)
            return n < 0 ? errno : EIO;
        done += (uint64_t)n;
    }
    return 0;
}

int
mim_fd_write(int fd, const void *data, uint64_t size)
{
    return write_all(fd, data, size, -1);
}

int
mim_fd_write_at(int fd, const void *data, uint64_t size, uint64_t offset)
{
    uint64_t end;
    if (__builtin_add_overflow(offset, size, &end) || end > INT64_MAX)
        return EFBIG;
    return write_all(fd, data, size, (off_t)offset);
}

int
mim_fd_settle(int fd, bool sync)
{
    /* EINVAL and EROFS: a pipe or similar, which cannot be synced */
    if (sync && fsync(fd) != 0 && errno != EINVAL && errno != EROFS)
        return errno;
    /* on file systems that delay writes, closing any descriptor flushes them */
    int copy = fcntl(fd, F_DUPFD_CLOEXEC, 0);
    return copy < 0 || close(copy) == 0 || errno == EINTR ? 0 : errno;
}

void
mim_fd_sync_directory(int directory)
{
    int fd = openat(directory, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    if (fd < 0)
        return; /* it may be writable without being readable */
    fsync(fd);
    close(fd);
}
