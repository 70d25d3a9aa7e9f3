/* SPDX-License-Identifier: MIT */
/* Opening sources: paths, memory, descriptors, FILEs and callbacks. */
#include "io/source-priv.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/error.h"
#include "base/size.h"
#include "io/fd-io.h"
#include "io/path-pattern.h"
#include "io/uri.h"

static int64_t
read_memory(struct mim_source *source, void *data, uint64_t size, uint64_t offset)
{
    uint64_t total = atomic_load(&source->size);
    if (offset >= total)
        return 0;
    uint64_t n = size < total - offset ? size : total - offset;
    memcpy(data, source->memory + offset, (size_t)n);
    return (int64_t)n;
}

static int64_t
read_fd(struct mim_source *source, void *data, uint64_t size, uint64_t offset)
{
    return mim_fd_read_at(source->fd, data, size, offset);
}

static int64_t
read_fd_stream(struct mim_source *source, void *data, uint64_t size, uint64_t offset)
{
    (void)offset;
    return mim_wait_read(source->fd, data, size, &source->wait);
}

static int64_t
read_file_stream(struct mim_source *source, void *data, uint64_t size, uint64_t offset)
{
    (void)offset;
    size_t done = 0;
    for (;;) {
        errno = 0;
        done += fread((char *)data + done, 1, (size_t)size - done, source->file);
        if (done == size || !ferror(source->file))
            return (int64_t)done;
        int number = errno ? errno : EIO;
        clearerr(source->file);
        if (number != EINTR)
            return -(int64_t)number;
    }
}

static int64_t
read_file(struct mim_source *source, void *data, uint64_t size, uint64_t offset)
{
    uint64_t position;
    if (!mim_size_add(source->start, offset, &position) || position > INT64_MAX)
        return 0;
    if (fseeko(source->file, (off_t)position, SEEK_SET) != 0)
        return -(int64_t)errno;
    return read_file_stream(source, data, size, offset);
}

static int64_t
read_calls(struct mim_source *source, void *data, uint64_t size, uint64_t offset)
{
    errno = 0;
    int64_t n = source->calls.read(source->calls.user, data, (size_t)size, offset);
    if (n < 0)
        return errno ? -(int64_t)errno : -EIO;
    return (uint64_t)n <= size ? n : -EOVERFLOW;
}

/* A series itself has no bytes. */
static int64_t
read_series(struct mim_source *source, void *data, uint64_t size, uint64_t offset)
{
    (void)source, (void)data, (void)size, (void)offset;
    return -EISDIR;
}

static const struct mim_source_kind memory_kind = { .read = read_memory, .concurrent = true };
static const struct mim_source_kind fd_kind = { .read = read_fd, .concurrent = true };
static const struct mim_source_kind fd_stream_kind = { .read = read_fd_stream, .stream = true };
static const struct mim_source_kind file_kind = { .read = read_file };
static const struct mim_source_kind file_stream_kind = { .read = read_file_stream, .stream = true, .fills = true };
static const struct mim_source_kind calls_kind = { .read = read_calls };
static const struct mim_source_kind calls_stream_kind = { .read = read_calls, .stream = true };
static const struct mim_source_kind series_kind = { .read = read_series };

bool
mim_source_is_series(const struct mim_source *source)
{
    return source->kind == &series_kind;
}

enum mim_status
mim_source_open_memory(struct mim_source **out, const void *data, size_t size, struct mim_error *err)
{
    if (!data && size > 0)
        return mim_fail(err, MIM_ARGUMENT, "no memory was given to read from");
    struct mim_source *source = mim_source_create(&memory_kind, strdup("<bytes>"));
    if (!source)
        return mim_fail_nomem(err, "a source");
    source->memory = data;
    atomic_store(&source->size, size);
    *out = source;
    return MIM_OK;
}

/* The size for pread; MIM_UNKNOWN for streams, including /proc files that claim to be empty. */
static uint64_t
size_of_fd(int fd, const struct stat *st)
{
    if (S_ISREG(st->st_mode)) {
        char byte;
        bool lies = st->st_size == 0 && mim_fd_read_at(fd, &byte, 1, 0) > 0;
        return lies ? MIM_UNKNOWN : (uint64_t)st->st_size;
    }
    if (!S_ISBLK(st->st_mode))
        return MIM_UNKNOWN;
    off_t here = lseek(fd, 0, SEEK_CUR);
    off_t end = lseek(fd, 0, SEEK_END);
    lseek(fd, here, SEEK_SET);
    return end < 0 ? MIM_UNKNOWN : (uint64_t)end;
}

/* Takes ownership of `name`, also on failure, when the caller keeps `fd`. */
static enum mim_status
open_descriptor(struct mim_source **out, int fd, bool owns_fd, char *name, struct mim_error *err)
{
    struct stat st;
    enum mim_status status = MIM_OK;
    if (fstat(fd, &st) != 0)
        status = mim_fail_errno(err, errno, "%.300s", name ? name : "");
    else if (S_ISDIR(st.st_mode))
        status = mim_fail(err, MIM_IO, "%.300s: is a directory", name ? name : "");
    else if ((fcntl(fd, F_GETFL) & O_ACCMODE) == O_WRONLY)
        status = mim_fail(err, MIM_IO, "%.300s: is open for writing only", name ? name : "");
    if (status != MIM_OK) {
        free(name);
        return status;
    }

    uint64_t size = size_of_fd(fd, &st);
    struct mim_source *source = mim_source_create(size == MIM_UNKNOWN ? &fd_stream_kind : &fd_kind, name);
    if (!source)
        return mim_fail_nomem(err, "a source");
    source->fd = fd;
    source->owns_fd = owns_fd;
    atomic_store(&source->size, size);
    *out = source;
    return MIM_OK;
}

/* Opens the path, or returns minus errno. Reads of a FIFO wait for its writer, as with cat. */
static int
open_for_reading(const char *path)
{
    struct stat st;
    int fd, flags = stat(path, &st) == 0 && S_ISFIFO(st.st_mode) ? O_NONBLOCK : 0;
    do
        fd = open(path, O_RDONLY | O_CLOEXEC | O_NOCTTY | flags);
    while (fd < 0 && errno == EINTR);
    return fd < 0 ? -errno : fd;
}

/* Takes ownership of `fd` (or minus errno) and `name`, also on failure. */
static enum mim_status
open_file(struct mim_source **out, int fd, char *name, struct mim_error *err)
{
    if (fd < 0) {
        enum mim_status status = mim_fail_errno(err, -fd, "%.300s", name ? name : "");
        free(name);
        return status;
    }
    enum mim_status status = open_descriptor(out, fd, true, name, err);
    if (status != MIM_OK)
        close(fd);
    return status;
}

enum mim_status
mim_source_open_file_path(struct mim_source **out, const char *path, struct mim_error *err)
{
    return open_file(out, open_for_reading(path), strdup(path), err);
}

/* A source that is only a name. Takes ownership of it. */
static enum mim_status
open_name(struct mim_source **out, const struct mim_source_kind *kind, char *name, struct mim_error *err)
{
    struct mim_source *source = mim_source_create(kind, name);
    if (!source)
        return mim_fail_nomem(err, "a source");
    atomic_store(&source->size, 0);
    *out = source;
    return MIM_OK;
}

static bool
is_directory(int fd)
{
    struct stat st;
    return fd >= 0 && fstat(fd, &st) == 0 && S_ISDIR(st.st_mode);
}

enum mim_status
mim_source_open_path(struct mim_source **out, const char *path, struct mim_error *err)
{
    if (mim_uri_is_remote(path))
        return mim_source_open_located(out, path, err);
    char *name = NULL;
    enum mim_status status = mim_uri_to_path(&name, path, err);
    if (status != MIM_OK)
        return status;

    int fd = open_for_reading(name);
    if (is_directory(fd)) {
        close(fd);
        return open_name(out, &series_kind, name, err);
    }
    /* a file with that exact name takes precedence */
    bool is_series = mim_path_pattern_kind(name) != MIM_PATTERN_NONE || !*mim_path_file(name), is_in_archive = mim_path_archive(name);
    if (is_in_archive || (fd == -ENOENT && is_series))
        return open_name(out, is_series ? &series_kind : &mim_source_located_kind, name, err);
    return open_file(out, fd, name, err);
}

enum mim_status
mim_source_open_fd(struct mim_source **out, int fd, const char *name, struct mim_error *err)
{
    char *copy = strdup(name ? name : "<fd>");
    if (!copy)
        return mim_fail_nomem(err, "a source");
    return open_descriptor(out, fd, false, copy, err);
}

/* The position of a FILE and the bytes that follow. false: not seekable, or only seemingly, like terminals and
 * /dev/null. */
static bool
measure_file(FILE *file, uint64_t *start, uint64_t *size)
{
    struct stat st;
    int fd = fileno(file); /* -1 for those of fmemopen() and fopencookie() */
    if (fd >= 0 && (fstat(fd, &st) != 0 || !(S_ISREG(st.st_mode) || S_ISBLK(st.st_mode))))
        return false;

    off_t here = ftello(file);
    if (here < 0 || fseeko(file, 0, SEEK_END) != 0)
        return false;
    off_t end = ftello(file);
    if (fseeko(file, here, SEEK_SET) != 0 || end < 0)
        return false;
    *start = (uint64_t)here;
    *size = end > here ? (uint64_t)(end - here) : 0;
    return true;
}

enum mim_status
mim_source_open_file(struct mim_source **out, FILE *file, const char *name, struct mim_error *err)
{
    if (!file)
        return mim_fail(err, MIM_ARGUMENT, "no FILE was given to read from");
    uint64_t start = 0, size = MIM_UNKNOWN;
    bool seekable = measure_file(file, &start, &size);
    struct mim_source *source =
        mim_source_create(seekable ? &file_kind : &file_stream_kind, strdup(name ? name : "<file>"));
    if (!source)
        return mim_fail_nomem(err, "a source");
    source->file = file;
    source->start = start;
    atomic_store(&source->size, size);
    *out = source;
    return MIM_OK;
}

static enum mim_status
open_calls(struct mim_source **out, const struct mim_source_calls *calls, const char *name, struct mim_error *err)
{
    if (!calls->read)
        return mim_fail(err, MIM_ARGUMENT, "callbacks without read() are no source");
    if (!name)
        name = "<callbacks>";
    int64_t size = 0;
    errno = 0;
    if (calls->size && (size = calls->size(calls->user)) < 0)
        return mim_fail_errno(err, errno && errno != EEXIST ? errno : EIO, "%.300s: its size", name);

    struct mim_source *source = mim_source_create(calls->size ? &calls_kind : &calls_stream_kind, strdup(name));
    if (!source)
        return mim_fail_nomem(err, "a source");
    source->calls = *calls;
    atomic_store(&source->size, calls->size ? (uint64_t)size : MIM_UNKNOWN);
    *out = source;
    return MIM_OK;
}

enum mim_status
mim_source_open_calls(struct mim_source **out, const struct mim_source_calls *calls, const char *name,
                      struct mim_error *err)
{
    if (!calls)
        return mim_fail(err, MIM_ARGUMENT, "no callbacks were given to read with");
    enum mim_status status = open_calls(out, calls, name, err);
    if (status != MIM_OK && calls->close)
        calls->close(calls->user);
    return status;
}
