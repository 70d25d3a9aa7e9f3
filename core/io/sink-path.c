/* SPDX-License-Identifier: MIT */
/* A file that appears complete or not at all; devices and similar are written through. */
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

#include "base/error.h"
#include "io/atomic-file.h"
#include "io/fd-io.h"
#include "io/link-target.h"
#include "io/path-pattern.h"
#include "io/sink-priv.h"
#include "io/sink-series.h"
#include "io/uri.h"

struct path_sink {
    struct mim_sink base; /* base.name is the path */
    bool keep_existing;
    char *target; /* the path of the file that a symbolic link points to; NULL: base.name is not a link */
    struct mim_atomic_file file;
};

static struct path_sink *
path_of(struct mim_sink *sink)
{
    return (struct path_sink *)sink;
}

/* The descriptor of "/dev/stdout" or "/dev/fd/5", which is used directly, because opening the path would truncate a
 * file behind it. -1: none. */
static int
descriptor_named(const char *path)
{
    if (strcmp(path, "/dev/stdout") == 0)
        return STDOUT_FILENO;
    if (strcmp(path, "/dev/stderr") == 0)
        return STDERR_FILENO;
    static const char *const prefixes[] = { "/dev/fd/", "/proc/self/fd/" };
    for (size_t i = 0; i < sizeof prefixes / sizeof *prefixes; i++) {
        size_t size = strlen(prefixes[i]);
        const char *digits = path + size;
        if (strncmp(path, prefixes[i], size) == 0 && *digits && strlen(digits) < 8 &&
            digits[strspn(digits, "0123456789")] == '\0')
            return atoi(digits);
    }
    return -1;
}

static bool
is_through(mode_t mode)
{
    return S_ISCHR(mode) || S_ISBLK(mode) || S_ISFIFO(mode) || S_ISSOCK(mode);
}

/* The path of the file that will appear. */
static const char *
final_path(const struct path_sink *sink)
{
    return sink->target ? sink->target : sink->base.name;
}

static enum mim_status
check_directory(const struct path_sink *sink, struct mim_error *err)
{
    char *name = mim_path_directory(final_path(sink));
    if (!name)
        return mim_fail_nomem(err, "a file name");
    struct stat st;
    enum mim_status status = MIM_OK;
    if (stat(name, &st) != 0)
        status = errno == ENOENT
                     ? mim_fail(err, MIM_IO, "%.300s: the directory %.200s does not exist", sink->base.name, name)
                     : mim_fail_errno(err, errno, "%.300s", sink->base.name);
    else if (!S_ISDIR(st.st_mode))
        status = mim_fail(err, MIM_IO, "%.300s: %.200s is not a directory", sink->base.name, name);
    else if (faccessat(AT_FDCWD, name, W_OK | X_OK, AT_EACCESS) != 0)
        status = mim_fail_errno(err, errno, "%.300s: the directory %.200s cannot be written to", sink->base.name, name);
    free(name);
    return status;
}

static enum mim_status
fail_directory(const char *path, struct mim_error *err)
{
    const char *slash = *mim_path_file(path) ? "/" : "";
    return mim_fail(err, MIM_IO, "%.200s: is a directory; for a file each frame write %.200s%sframe_%%03d.EXTENSION",
                    path, path, slash);
}

/* Resolves a link anew. */
static enum mim_status
follow_link(struct path_sink *sink, const struct stat *st, struct mim_error *err)
{
    free(sink->target);
    sink->target = NULL;
    return S_ISLNK(st->st_mode) ? mim_link_target(&sink->target, sink->base.name, st, err) : MIM_OK;
}

/* Fills the lstat of the path and whether it exists. Fails where it cannot be written. */
static enum mim_status
inspect_target(struct path_sink *sink, struct stat *st, bool *exists, struct mim_error *err)
{
    const char *path = sink->base.name;
    struct stat target;
    *exists = lstat(path, st) == 0;
    if (!*exists && errno != ENOENT && errno != ENOTDIR)
        return mim_fail_errno(err, errno, "%.300s", path);
    if (*mim_path_file(sink->base.name) == '\0' || (*exists && S_ISDIR(st->st_mode)) ||
        (*exists && S_ISLNK(st->st_mode) && stat(path, &target) == 0 && S_ISDIR(target.st_mode)))
        return fail_directory(path, err);
    if (*exists && is_through(st->st_mode))
        return MIM_OK;
    if (*exists && sink->keep_existing)
        return mim_fail(err, MIM_EXISTS, "%.300s: exists already", path);
    enum mim_status status = *exists ? follow_link(sink, st, err) : MIM_OK;
    return status == MIM_OK ? check_directory(sink, err) : status;
}

static enum mim_status
check_path(struct mim_sink *sink, struct mim_error *err)
{
    struct stat st;
    bool exists;
    int fd = descriptor_named(sink->name);
    if (fd < 0)
        return inspect_target(path_of(sink), &st, &exists, err);
    return fcntl(fd, F_GETFD) < 0 ? mim_fail_errno(err, errno, "%.300s", sink->name) : MIM_OK;
}

/* Connects to a stream socket, or returns minus errno. */
static int
connect_socket(const char *path)
{
    struct sockaddr_un address = { .sun_family = AF_UNIX };
    if (strlen(path) >= sizeof address.sun_path)
        return -ENAMETOOLONG;
    memcpy(address.sun_path, path, strlen(path));
    int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
    if (fd >= 0 && connect(fd, (struct sockaddr *)&address, sizeof address) != 0) {
        int number = errno;
        close(fd);
        return -number;
    }
    return fd < 0 ? -errno : fd;
}

static int
open_device(const char *path)
{
    int fd;
    do
        fd = open(path, O_WRONLY | O_CLOEXEC | O_NOCTTY | O_NOFOLLOW);
    while (fd < 0 && errno == EINTR);
    return fd < 0 ? -errno : fd;
}

/* Opens the device or FIFO, or returns minus errno, also when a file has replaced it meanwhile. */
static int
open_through(const struct mim_sink *sink, const struct stat *old)
{
    int fd = S_ISFIFO(old->st_mode) ? mim_wait_open_fifo(sink->name, &sink->wait) : open_device(sink->name);
    struct stat st;
    if (fd >= 0 && (fstat(fd, &st) != 0 || !is_through(st.st_mode))) {
        close(fd);
        return -EBUSY;
    }
    return fd;
}

/* Takes ownership of `fd`, or of minus errno. */
static enum mim_status
go_through(struct mim_sink *sink, int fd, struct mim_error *err)
{
    if (fd < 0)
        return mim_fail_errno(err, -fd, "%.300s", sink->name);
    enum mim_status status = mim_sink_open_owned_fd(&sink->through, fd, sink->name, err);
    if (status != MIM_OK) {
        close(fd);
        return status;
    }
    mim_wait_set(&sink->through->wait, sink->wait.cancel, sink->wait.deadline_ms);
    status = sink->through->kind->begin(sink->through, err);
    sink->seekable = sink->through->seekable;
    return status;
}

static enum mim_status
begin_file(struct path_sink *sink, struct mim_error *err)
{
    char *directory = mim_path_directory(final_path(sink));
    if (!directory)
        return mim_fail_nomem(err, "a file name");
    int number = mim_atomic_file_create(&sink->file, directory, mim_path_file(final_path(sink)));
    free(directory);
    if (number)
        return mim_fail_errno(err, number, "%.300s: a temporary file beside it", sink->base.name);
    sink->base.seekable = true;
    return MIM_OK;
}

static enum mim_status
begin_path(struct mim_sink *sink, struct mim_error *err)
{
    int fd = descriptor_named(sink->name);
    if (fd >= 0) {
        fd = fcntl(fd, F_DUPFD_CLOEXEC, 0);
        return go_through(sink, fd < 0 ? -errno : fd, err);
    }

    struct stat st;
    bool exists;
    enum mim_status status = inspect_target(path_of(sink), &st, &exists, err);
    if (status != MIM_OK)
        return status;
    if (exists && S_ISSOCK(st.st_mode))
        return go_through(sink, connect_socket(sink->name), err);
    if (exists && is_through(st.st_mode))
        return go_through(sink, open_through(sink, &st), err);
    return begin_file(path_of(sink), err);
}

static int
write_path(struct mim_sink *sink, const void *data, uint64_t size, uint64_t offset)
{
    return mim_fd_write_at(path_of(sink)->file.fd, data, size, offset);
}

static int64_t
read_path(struct mim_sink *sink, void *data, uint64_t size, uint64_t offset)
{
    return mim_fd_read_at(path_of(sink)->file.fd, data, size, offset);
}

static enum mim_status
commit_path(struct mim_sink *base, uint64_t size, struct mim_error *err)
{
    struct path_sink *sink = path_of(base);
    int number =
        mim_atomic_file_publish(&sink->file, mim_path_file(final_path(sink)), size, sink->keep_existing, base->sync);
    if (number == EEXIST && sink->keep_existing)
        return mim_fail(err, MIM_EXISTS, "%.300s: exists already, since a moment ago", base->name);
    if (number)
        return mim_fail_errno(err, number == EEXIST ? EIO : number, "%.300s", base->name);
    return MIM_OK;
}

static bool
rollback_path(struct mim_sink *sink, uint64_t written)
{
    (void)written;
    mim_atomic_file_discard(&path_of(sink)->file);
    return true;
}

static void
destroy_path(struct mim_sink *sink)
{
    free(path_of(sink)->target);
}

static const struct mim_sink_kind path_kind = {
    .check = check_path,
    .begin = begin_path,
    .write = write_path,
    .read = read_path,
    .commit = commit_path,
    .rollback = rollback_path,
    .destroy = destroy_path,
};

static enum mim_status
open_path(struct mim_sink **out, const char *name, bool keep_existing, struct mim_error *err)
{
    struct mim_sink *sink = mim_sink_create(sizeof(struct path_sink), &path_kind, name);
    if (!sink)
        return mim_fail_nomem(err, "output");
    path_of(sink)->keep_existing = keep_existing;
    path_of(sink)->file.directory = path_of(sink)->file.fd = -1;
    *out = sink;
    return MIM_OK;
}

/* A star matches existing files, so it cannot name an output. */
static enum mim_status
refuse_star(const char *name, struct mim_error *err)
{
    char better[300];
    struct stat st;
    if (!strchr(mim_path_file(name), '*') || lstat(name, &st) == 0)
        return MIM_OK;
    mim_path_pattern_suggest(name, better, sizeof better);
    return mim_fail(err, MIM_ARGUMENT, "%.250s: a * cannot be written to; for a file each frame write %s", name,
                    better);
}

enum mim_status
mim_sink_open_literal(struct mim_sink **out, const char *path, int keep_existing, struct mim_error *err)
{
    if (!path || !*path)
        return mim_fail(err, MIM_ARGUMENT, "the name of the file is empty");
    return open_path(out, path, keep_existing != 0, err);
}

const char *
mim_sink_inside(const struct mim_sink *sink)
{
    return sink->inside;
}

static enum mim_status
open_archive(struct mim_sink **out, char *name, size_t length, bool keep_existing, struct mim_error *err)
{
    name[length] = '\0';
    enum mim_status status = open_path(out, name, keep_existing, err);
    if (status == MIM_OK && !((*out)->inside = strdup(name + length + 1))) {
        mim_sink_close(*out);
        return mim_fail_nomem(err, "output");
    }
    return status;
}

enum mim_status
mim_sink_open_path(struct mim_sink **out, const char *path, int keep_existing, struct mim_error *err)
{
    char *name = NULL;
    enum mim_status status = mim_uri_to_path(&name, path, err);
    if (status != MIM_OK)
        return status;
    size_t archive = mim_path_archive_target(name);
    if (archive)
        status = open_archive(out, name, archive, keep_existing != 0, err);
    else if (mim_path_pattern_kind(name) == MIM_PATTERN_NUMBERS)
        status = mim_sink_series_open(out, name, keep_existing != 0, err);
    else if ((status = refuse_star(name, err)) == MIM_OK)
        status = open_path(out, name, keep_existing != 0, err);
    free(name);
    return status;
}
