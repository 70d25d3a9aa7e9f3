/* SPDX-License-Identifier: MIT */
/* Opens the files named on the command line. Pipes are read and written here instead of in the library, which retries
 * interrupted calls, so that a signal ends the wait. */
#include "streams.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <poll.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/uio.h>
#include <unistd.h>

#include "report.h"
#include "signals.h"

/* How often a waiting call checks for signals. */
#define POLL_MS 50

static bool is_reader_gone;

bool
output_closed(void)
{
    return is_reader_gone;
}

const char *
input_name(const char *path)
{
    return strcmp(path, "-") ? path : STDIN_NAME;
}

const char *
output_name(const char *path)
{
    return strcmp(path, "-") ? path : STDOUT_NAME;
}

/* Waits until the descriptor is ready. Polls for signals, because the library calls this on any thread and signals
 * interrupt only the first one. Returns false and sets errno on failure. */
static bool
wait_until_ready(int fd, short events)
{
    struct pollfd place = { .fd = fd, .events = events };

    while (!signals_interrupted()) {
        int ready = poll(&place, 1, POLL_MS);
        if (ready > 0)
            return true;
        if (ready < 0 && errno != EINTR)
            return false;
    }
    errno = ECANCELED;
    return false;
}

static bool
is_retryable(void)
{
    return errno == EINTR || errno == EAGAIN;
}

static int64_t
read_stream(void *user, void *data, size_t size, uint64_t offset)
{
    int fd = (int)(intptr_t)user;

    (void)offset; /* the stream has its own position */
    while (wait_until_ready(fd, POLLIN)) {
        ssize_t got = read(fd, data, size);
        if (got >= 0 || !is_retryable())
            return got;
    }
    return -1;
}

static void
close_stream(void *user)
{
    close((int)(intptr_t)user);
}

/* Writes as much as possible without blocking. Where the kernel cannot do that, writes at most PIPE_BUF, which a
 * writable pipe accepts whole. */
static ssize_t
write_some(const char *data, size_t size)
{
    struct iovec piece = { (void *)data, size };
    ssize_t wrote = pwritev2(STDOUT_FILENO, &piece, 1, -1, RWF_NOWAIT);
    if (wrote >= 0 || is_retryable() || errno == EPIPE)
        return wrote;
    return write(STDOUT_FILENO, data, size < PIPE_BUF ? size : PIPE_BUF);
}

static int64_t
write_stdout(void *user, const void *data, size_t size, uint64_t offset)
{
    size_t done = 0;

    (void)user, (void)offset;
    while (done < size) {
        if (!wait_until_ready(STDOUT_FILENO, POLLOUT))
            return -1;
        ssize_t wrote = write_some((const char *)data + done, size - done);
        if (wrote >= 0) {
            done += (size_t)wrote;
        } else if (!is_retryable()) {
            is_reader_gone = errno == EPIPE;
            return -1;
        }
    }
    return (int64_t)done;
}

static bool
is_file(int fd)
{
    struct stat info;
    return !fstat(fd, &info) && S_ISREG(info.st_mode);
}

/* Returns whether the path is a FIFO or a character device, whose data may take long to arrive. */
static bool
is_stream(const char *path)
{
    struct stat info;
    return !stat(path, &info) && (S_ISFIFO(info.st_mode) || S_ISCHR(info.st_mode));
}

/* Opens without waiting for the writer. wait_until_ready() waits for it, interruptibly. */
static enum mim_status
open_stream(struct mim_source **out, const char *path, struct mim_error *err)
{
    int fd = open(path, O_RDONLY | O_NONBLOCK | O_CLOEXEC);
    if (fd < 0)
        return fail(err, MIM_IO, "%s", strerror(errno));

    struct mim_source_calls calls = { .read = read_stream, .close = close_stream, .user = (void *)(intptr_t)fd };
    return mim_source_open_calls(out, &calls, path, err);
}

enum mim_status
input_open(struct mim_source **out, const char *path, struct mim_error *err)
{
    static const struct mim_source_calls calls = { .read = read_stream, .user = (void *)(intptr_t)STDIN_FILENO };

    if (strcmp(path, "-"))
        return is_stream(path) ? open_stream(out, path, err) : mim_source_open_path(out, path, err);
    if (is_file(STDIN_FILENO))
        return mim_source_open_fd(out, STDIN_FILENO, STDIN_NAME, err);
    return mim_source_open_calls(out, &calls, STDIN_NAME, err);
}

enum mim_status
output_open(struct mim_sink **out, const char *path, bool replace, struct mim_error *err)
{
    static const struct mim_sink_calls calls = { .write = write_stdout };

    if (strcmp(path, "-"))
        return mim_sink_open_path(out, path, !replace, err);
    if (isatty(STDOUT_FILENO))
        return fail(err, MIM_ARGUMENT, "is a terminal; redirect it to a file or a pipe");
    if (is_file(STDOUT_FILENO))
        return mim_sink_open_fd(out, STDOUT_FILENO, STDOUT_NAME, err);
    return mim_sink_open_calls(out, &calls, STDOUT_NAME, err);
}
