/* SPDX-License-Identifier: MIT */
/* Waiting for pipes. Polls the switch, because signals interrupt one thread only, and maybe not the one that waits. */
#include "io/wait.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <poll.h>
#include <stdbool.h>
#include <sys/uio.h>
#include <unistd.h>

#include "base/cancel.h"

#define POLL_MS 50

void
mim_wait_set(struct mim_wait *wait, const struct mim_cancel *cancel, int64_t deadline_ms)
{
    atomic_store(&wait->cancel, cancel);
    atomic_store(&wait->deadline_ms, deadline_ms);
}

static int
check_end(const struct mim_wait *wait)
{
    int64_t deadline = atomic_load(&wait->deadline_ms);
    if (mim_cancel_requested(atomic_load(&wait->cancel)))
        return -ECANCELED;
    return deadline && mim_clock_ms() >= deadline ? -ETIME : 0;
}

static int
wait_until_ready(int fd, short events, const struct mim_wait *wait)
{
    struct pollfd place = { .fd = fd, .events = events };
    for (;;) {
        int ended = check_end(wait);
        if (ended)
            return ended;
        int ready = poll(&place, 1, POLL_MS);
        if (ready > 0 || (ready < 0 && errno != EINTR))
            return ready > 0 ? 0 : -errno;
    }
}

static bool
is_retryable(int number)
{
    return number == EINTR || number == EAGAIN;
}

int64_t
mim_wait_read(int fd, void *data, uint64_t size, const struct mim_wait *wait)
{
    for (;;) {
        int ended = wait_until_ready(fd, POLLIN, wait);
        if (ended)
            return ended;
        ssize_t got = read(fd, data, size < SSIZE_MAX ? (size_t)size : SSIZE_MAX);
        if (got >= 0 || !is_retryable(errno))
            return got < 0 ? -errno : got;
    }
}

/* Writes as much as possible without blocking. Where the kernel cannot do that, writes at most PIPE_BUF, which a
 * writable pipe accepts whole. */
static ssize_t
write_some(int fd, const char *data, uint64_t size)
{
    struct iovec piece = { (void *)data, size < SSIZE_MAX ? (size_t)size : SSIZE_MAX };
    ssize_t wrote = pwritev2(fd, &piece, 1, -1, RWF_NOWAIT);
    if (wrote >= 0 || is_retryable(errno) || errno == EPIPE)
        return wrote;
    return write(fd, data, size < PIPE_BUF ? (size_t)size : PIPE_BUF);
}

int
mim_wait_write(int fd, const void *data, uint64_t size, const struct mim_wait *wait)
{
    for (uint64_t done = 0; done < size;) {
        int ended = wait_until_ready(fd, POLLOUT, wait);
        if (ended)
            return ended;
        ssize_t wrote = write_some(fd, (const char *)data + done, size - done);
        if (wrote < 0 && !is_retryable(errno))
            return -errno;
        done += wrote > 0 ? (uint64_t)wrote : 0;
    }
    return 0;
}

int
mim_wait_open_fifo(const char *path, const struct mim_wait *wait)
{
    for (;;) {
        int ended = check_end(wait);
        if (ended)
            return ended;
        int fd = open(path, O_WRONLY | O_NONBLOCK | O_NOFOLLOW | O_CLOEXEC);
        if (fd >= 0)
            return fd;
        if (errno != ENXIO && errno != EINTR)
            return -errno;
        poll(NULL, 0, POLL_MS);
    }
}
