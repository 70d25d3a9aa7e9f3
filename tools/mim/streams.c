/* SPDX-License-Identifier: MIT */
/* Files by their names on the command line. Pipes are read and written here, so that a signal ends the waiting: the
 * library tries an interrupted call again. */
#include "streams.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "report.h"
#include "signals.h"

static bool reader_gone;

bool
output_closed(void)
{
    return reader_gone;
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

/* EINTR is tried again, unless it was the signal to stop. */
static bool
try_again(void)
{
    if (errno != EINTR)
        return false;
    if (!signals_interrupted())
        return true;
    errno = ECANCELED;
    return false;
}

static int64_t
read_stream(void *user, void *data, size_t size, uint64_t offset)
{
    (void)offset; /* a stream's own */
    for (;;) {
        ssize_t got = read((int)(intptr_t)user, data, size);
        if (got >= 0 || !try_again())
            return got;
    }
}

static void
close_stream(void *user)
{
    close((int)(intptr_t)user);
}

static int64_t
write_stdout(void *user, const void *data, size_t size, uint64_t offset)
{
    size_t done = 0;

    (void)user, (void)offset;
    while (done < size) {
        ssize_t wrote = write(STDOUT_FILENO, (const char *)data + done, size - done);
        if (wrote >= 0) {
            done += (size_t)wrote;
        } else if (!try_again()) {
            reader_gone = errno == EPIPE;
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

/* A FIFO or a device: opening one may wait for its other end. */
static bool
is_stream(const char *path)
{
    struct stat info;
    return !stat(path, &info) && (S_ISFIFO(info.st_mode) || S_ISCHR(info.st_mode));
}

static enum mim_status
open_stream(struct mim_source **out, const char *path, struct mim_error *err)
{
    int fd = open(path, O_RDONLY | O_CLOEXEC);
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
        return fail(err, MIM_ARGUMENT, "is a terminal; send it to a file or a pipe");
    if (is_file(STDOUT_FILENO))
        return mim_sink_open_fd(out, STDOUT_FILENO, STDOUT_NAME, err);
    return mim_sink_open_calls(out, &calls, STDOUT_NAME, err);
}
