/* SPDX-License-Identifier: MIT */
/* Opens the files named on the command line. Pipes are read and written here instead of in the library, which retries
 * interrupted calls, so that a signal ends the wait. */
#include "streams.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <poll.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/uio.h>
#include <unistd.h>

#include "report.h"
#include "signals.h"

/* How often a waiting call checks for signals. */
#define POLL_MS 50

static bool is_reader_gone;

/* A pipe to write to. */
struct output_stream {
    int fd;           /* -1: a FIFO that is not open yet */
    const char *path; /* of the FIFO; borrowed */
};

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
write_some(int fd, const char *data, size_t size)
{
    struct iovec piece = { (void *)data, size };
    ssize_t wrote = pwritev2(fd, &piece, 1, -1, RWF_NOWAIT);
    if (wrote >= 0 || is_retryable() || errno == EPIPE)
        return wrote;
    return write(fd, data, size < PIPE_BUF ? size : PIPE_BUF);
}

/* Opens a FIFO as soon as it has a reader. Returns false and sets errno on failure. */
static bool
open_when_read(struct output_stream *stream)
{
    while (stream->fd < 0) {
        stream->fd = open(stream->path, O_WRONLY | O_NONBLOCK | O_NOFOLLOW | O_CLOEXEC);
        if (stream->fd < 0 && errno != ENXIO && errno != EINTR)
            return false;
        if (stream->fd < 0 && (poll(NULL, 0, POLL_MS), signals_interrupted())) {
            errno = ECANCELED;
            return false;
        }
    }
    return true;
}

static int64_t
write_stream(void *user, const void *data, size_t size, uint64_t offset)
{
    struct output_stream *stream = user;
    size_t done = 0;

    (void)offset;
    if (!open_when_read(stream))
        return -1;
    while (done < size) {
        if (!wait_until_ready(stream->fd, POLLOUT))
            return -1;
        ssize_t wrote = write_some(stream->fd, (const char *)data + done, size - done);
        if (wrote >= 0) {
            done += (size_t)wrote;
        } else if (!is_retryable()) {
            is_reader_gone = errno == EPIPE && stream->fd == STDOUT_FILENO;
            return -1;
        }
    }
    return (int64_t)done;
}

static void
close_output(void *user)
{
    struct output_stream *stream = user;
    if (stream->fd >= 0 && stream->fd != STDOUT_FILENO)
        close(stream->fd);
    free(stream);
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

/* `path` is that of a FIFO, or NULL for standard output. */
static enum mim_status
open_output_stream(struct mim_sink **out, const char *path, struct mim_error *err)
{
    struct output_stream *stream = malloc(sizeof *stream);
    if (!stream)
        return fail(err, MIM_NOMEM, "no memory for an output");

    *stream = (struct output_stream){ .fd = path ? -1 : STDOUT_FILENO, .path = path };
    struct mim_sink_calls calls = { .write = write_stream, .close = close_output, .user = stream };
    return mim_sink_open_calls(out, &calls, path ? path : STDOUT_NAME, err);
}

static bool
is_fifo(const char *path)
{
    struct stat info;
    return !lstat(path, &info) && S_ISFIFO(info.st_mode);
}

enum mim_status
output_open(struct mim_sink **out, const char *path, bool replace, struct mim_error *err)
{
    if (strcmp(path, "-"))
        return is_fifo(path) ? open_output_stream(out, path, err) : mim_sink_open_path(out, path, !replace, err);
    if (isatty(STDOUT_FILENO))
        return fail(err, MIM_ARGUMENT, "is a terminal; redirect it to a file or a pipe");
    if (is_file(STDOUT_FILENO))
        return mim_sink_open_fd(out, STDOUT_FILENO, STDOUT_NAME, err);
    return open_output_stream(out, NULL, err);
}

enum mim_status
output_open_literal(struct mim_sink **out, const char *path, bool replace, struct mim_error *err)
{
    return is_fifo(path) ? open_output_stream(out, path, err) : mim_sink_open_literal(out, path, !replace, err);
}
