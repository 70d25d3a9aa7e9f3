/* SPDX-License-Identifier: MIT */
/* Sinks that are written through: descriptors, FILEs and callbacks. */
#include <errno.h>
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/error.h"
#include "io/fd-io.h"
#include "io/sink-priv.h"

struct fd_sink {
    struct mim_sink base;
    int fd;
    bool owns_fd;
    FILE *file; /* the FILE whose descriptor this is, or NULL */
    bool is_regular;
    bool is_pipe;
    bool appends;      /* O_APPEND: the kernel chooses the position */
    uint64_t start;    /* position that counts as 0 */
    uint64_t old_size; /* of a regular file */
    uint64_t reached;  /* end of the farthest write, attempted or done */
};

static struct fd_sink *
fd_of(struct mim_sink *sink)
{
    return (struct fd_sink *)sink;
}

/* The position of the next byte, after flushing the FILE and moving its descriptor there. */
static off_t
position_of(struct fd_sink *sink)
{
    if (!sink->file)
        return lseek(sink->fd, 0, SEEK_CUR);
    off_t here = ftello(sink->file);
    return here < 0 ? here : lseek(sink->fd, here, SEEK_SET);
}

static enum mim_status
begin_fd(struct mim_sink *base, struct mim_error *err)
{
    struct fd_sink *sink = fd_of(base);
    struct stat st;
    int flags = fcntl(sink->fd, F_GETFL);
    if (flags < 0 || fstat(sink->fd, &st) != 0)
        return mim_fail_errno(err, errno, "%.300s", base->name);
    if (S_ISDIR(st.st_mode))
        return mim_fail(err, MIM_IO, "%.300s: is a directory", base->name);
    if ((flags & O_ACCMODE) == O_RDONLY)
        return mim_fail(err, MIM_IO, "%.300s: is open for reading only", base->name);
    if (sink->file && fflush(sink->file) != 0)
        return mim_fail_errno(err, errno, "%.300s", base->name);

    /* lseek succeeds also on a terminal or /dev/null */
    off_t here = S_ISREG(st.st_mode) || S_ISBLK(st.st_mode) ? position_of(sink) : -1;
    sink->is_pipe = S_ISFIFO(st.st_mode) || S_ISSOCK(st.st_mode);
    sink->is_regular = S_ISREG(st.st_mode) && here >= 0;
    sink->appends = (flags & O_APPEND) != 0;
    sink->old_size = (uint64_t)st.st_size;
    sink->start = here < 0 ? 0 : (uint64_t)here;
    sink->reached = 0;
    base->seekable = here >= 0 && !sink->appends && (flags & O_ACCMODE) == O_RDWR;
    return MIM_OK;
}

static int
write_fd(struct mim_sink *base, const void *data, uint64_t size, uint64_t offset)
{
    struct fd_sink *sink = fd_of(base);
    if (offset + size > sink->reached)
        sink->reached = offset + size;
    if (sink->is_pipe)
        return -mim_wait_write(sink->fd, data, size, &base->wait);
    return base->seekable ? mim_fd_write_at(sink->fd, data, size, sink->start + offset)
                          : mim_fd_write(sink->fd, data, size);
}

static int64_t
read_fd(struct mim_sink *base, void *data, uint64_t size, uint64_t offset)
{
    struct fd_sink *sink = fd_of(base);
    return mim_fd_read_at(sink->fd, data, size, sink->start + offset);
}

static enum mim_status
commit_fd(struct mim_sink *base, uint64_t size, struct mim_error *err)
{
    struct fd_sink *sink = fd_of(base);
    int number = mim_fd_settle(sink->fd, base->sync);
    off_t end = (off_t)(sink->start + size);
    if (!number && base->seekable && lseek(sink->fd, end, SEEK_SET) < 0)
        number = errno;
    if (!number && sink->file && sink->is_regular &&
        fseeko(sink->file, sink->appends ? 0 : end, sink->appends ? SEEK_END : SEEK_SET) != 0)
        number = errno;
    return number ? mim_fail_errno(err, number, "%.300s", base->name) : MIM_OK;
}

/* Bytes appended to a file can be truncated again, unless another process has appended meanwhile. */
static bool
rollback_fd(struct mim_sink *base, uint64_t written)
{
    (void)written;
    struct fd_sink *sink = fd_of(base);
    struct stat st;
    if (sink->reached == 0)
        return true;
    if (!sink->is_regular || sink->appends || sink->start != sink->old_size || fstat(sink->fd, &st) != 0 ||
        (uint64_t)st.st_size > sink->start + sink->reached)
        return false;
    return ftruncate(sink->fd, (off_t)sink->old_size) == 0 && lseek(sink->fd, (off_t)sink->start, SEEK_SET) >= 0;
}

static void
destroy_fd(struct mim_sink *base)
{
    if (fd_of(base)->owns_fd)
        close(fd_of(base)->fd); /* commit reported its failures */
}

static const struct mim_sink_kind fd_kind = {
    .begin = begin_fd,
    .write = write_fd,
    .read = read_fd,
    .commit = commit_fd,
    .rollback = rollback_fd,
    .destroy = destroy_fd,
};

static enum mim_status
open_fd(struct mim_sink **out, int fd, bool owns_fd, FILE *file, const char *name, struct mim_error *err)
{
    struct mim_sink *sink = mim_sink_create(sizeof(struct fd_sink), &fd_kind, name);
    if (!sink)
        return mim_fail_nomem(err, "output");
    fd_of(sink)->fd = fd;
    fd_of(sink)->owns_fd = owns_fd;
    fd_of(sink)->file = file;
    *out = sink;
    return MIM_OK;
}

enum mim_status
mim_sink_open_owned_fd(struct mim_sink **out, int fd, const char *name, struct mim_error *err)
{
    return open_fd(out, fd, true, NULL, name, err);
}

enum mim_status
mim_sink_open_fd(struct mim_sink **out, int fd, const char *name, struct mim_error *err)
{
    if (fcntl(fd, F_GETFD) < 0)
        return mim_fail_errno(err, errno, "%.300s", name ? name : "<fd>");
    return open_fd(out, fd, false, NULL, name ? name : "<fd>", err);
}

/* A FILE without a descriptor, as from fopencookie(). */
struct file_sink {
    struct mim_sink base;
    FILE *file;
};

static int
write_file(struct mim_sink *base, const void *data, uint64_t size, uint64_t offset)
{
    (void)offset;
    FILE *file = ((struct file_sink *)base)->file;
    errno = 0;
    if (fwrite(data, 1, (size_t)size, file) == size)
        return 0;
    int number = errno ? errno : EIO;
    clearerr(file);
    return number;
}

static enum mim_status
commit_file(struct mim_sink *base, uint64_t size, struct mim_error *err)
{
    (void)size;
    errno = 0;
    if (fflush(((struct file_sink *)base)->file) == 0)
        return MIM_OK;
    return mim_fail_errno(err, errno ? errno : EIO, "%.300s", base->name);
}

static const struct mim_sink_kind file_kind = { .write = write_file, .commit = commit_file };

enum mim_status
mim_sink_open_file(struct mim_sink **out, FILE *file, const char *name, struct mim_error *err)
{
    if (!file)
        return mim_fail(err, MIM_ARGUMENT, "no FILE was given to write to");
    if (!name)
        name = "<file>";
    if (fileno(file) >= 0)
        return open_fd(out, fileno(file), false, file, name, err);

    struct mim_sink *sink = mim_sink_create(sizeof(struct file_sink), &file_kind, name);
    if (!sink)
        return mim_fail_nomem(err, "output");
    ((struct file_sink *)sink)->file = file;
    *out = sink;
    return MIM_OK;
}

struct calls_sink {
    struct mim_sink base;
    struct mim_sink_calls calls;
};

static const struct mim_sink_calls *
calls_of(struct mim_sink *sink)
{
    return &((struct calls_sink *)sink)->calls;
}

static enum mim_status
begin_calls(struct mim_sink *sink, struct mim_error *err)
{
    (void)err;
    sink->seekable = calls_of(sink)->seekable && calls_of(sink)->read;
    return MIM_OK;
}

static int
write_calls(struct mim_sink *sink, const void *data, uint64_t size, uint64_t offset)
{
    int64_t n;
    do {
        errno = 0;
        n = calls_of(sink)->write(calls_of(sink)->user, data, (size_t)size, offset);
    } while (n < 0 && errno == EINTR);
    if (n >= 0)
        return (uint64_t)n == size ? 0 : EIO; /* a short count would lose bytes silently */
    return errno ? errno : EIO;
}

static int64_t
read_calls(struct mim_sink *sink, void *data, uint64_t size, uint64_t offset)
{
    uint64_t done = 0;
    while (done < size) {
        errno = 0;
        int64_t n =
            calls_of(sink)->read(calls_of(sink)->user, (char *)data + done, (size_t)(size - done), offset + done);
        if (n < 0 && errno == EINTR)
            continue;
        if (n <= 0 || (uint64_t)n > size - done)
            return n < 0 && errno ? -(int64_t)errno : -EIO;
        done += (uint64_t)n;
    }
    return (int64_t)done;
}

static enum mim_status
commit_calls(struct mim_sink *sink, uint64_t size, struct mim_error *err)
{
    (void)size;
    errno = 0;
    if (!calls_of(sink)->finish || calls_of(sink)->finish(calls_of(sink)->user) == 0)
        return MIM_OK;
    return mim_fail_errno(err, errno && errno != EEXIST ? errno : EIO, "%.300s: finishing", sink->name);
}

static void
destroy_calls(struct mim_sink *sink)
{
    if (calls_of(sink)->close)
        calls_of(sink)->close(calls_of(sink)->user);
}

static const struct mim_sink_kind calls_kind = {
    .begin = begin_calls,
    .write = write_calls,
    .read = read_calls,
    .commit = commit_calls,
    .destroy = destroy_calls,
};

enum mim_status
mim_sink_open_calls(struct mim_sink **out, const struct mim_sink_calls *calls, const char *name, struct mim_error *err)
{
    if (!calls)
        return mim_fail(err, MIM_ARGUMENT, "no callbacks were given to write with");
    enum mim_status status = MIM_OK;
    struct mim_sink *sink = NULL;
    if (!calls->write)
        status = mim_fail(err, MIM_ARGUMENT, "callbacks without write() are no sink");
    else if (!(sink = mim_sink_create(sizeof(struct calls_sink), &calls_kind, name ? name : "<callbacks>")))
        status = mim_fail_nomem(err, "output");
    if (status != MIM_OK) {
        if (calls->close)
            calls->close(calls->user);
        return status;
    }
    ((struct calls_sink *)sink)->calls = *calls;
    *out = sink;
    return MIM_OK;
}
