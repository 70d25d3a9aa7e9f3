/* SPDX-License-Identifier: MIT */
/* A series being written: complete files gather in a hidden directory, and commit renames all of them. */
#include "io/sink-series.h"

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/error.h"
#include "io/atomic-file.h"
#include "io/fd-io.h"
#include "io/sink-series-priv.h"
#include "io/staging-journal.h"
#include "io/staging-rescue.h"

#define LOOKED_AT_AHEAD 100000u /* files checked in advance; each is checked again when it begins */

/* One file of the series. */
struct member_sink {
    struct mim_sink base; /* base.name is its final path */
    struct series_sink *series;
    char file[NAME_MAX + 1];
    int fd;
    bool replaces;
    struct stat old;
};

static struct series_sink *
series_of(struct mim_sink *sink)
{
    return (struct series_sink *)sink;
}

static struct member_sink *
member_of(struct mim_sink *sink)
{
    return (struct member_sink *)sink;
}

/* Whether the file may be written. `st` is zeroed when nothing exists there. */
static enum mim_status
check_target(const struct series_sink *series, int directory, const char *file, struct stat *st, struct mim_error *err)
{
    if (fstatat(directory, file, st, AT_SYMLINK_NOFOLLOW) != 0) {
        *st = (struct stat){ 0 };
        return errno == ENOENT ? MIM_OK : mim_fail_errno(err, errno, "%.200s%.100s", series->name.shown, file);
    }
    if (series->keep_existing)
        return mim_fail(err, MIM_EXISTS, "%.200s%.100s: exists already%s%s", series->name.shown, file,
                        *series->rescued ? "; " : "", series->rescued);
    if (!S_ISREG(st->st_mode) && !S_ISLNK(st->st_mode))
        return mim_fail(err, MIM_IO, "%.200s%.100s: is there, and is no regular file", series->name.shown, file);
    return MIM_OK;
}

static enum mim_status
check_targets(const struct series_sink *series, int directory, struct mim_error *err)
{
    uint64_t count = series->expected == MIM_UNKNOWN ? 1 : series->expected;
    char file[NAME_MAX + 1];
    struct stat st;
    enum mim_status status = MIM_OK;
    for (uint64_t i = 0; i < count && i < LOOKED_AT_AHEAD && status == MIM_OK; i++) {
        status = mim_series_sink_name(series, i, file, err);
        if (status == MIM_OK)
            status = check_target(series, directory, file, &st, err);
    }
    return status;
}

static enum mim_status
open_directory(const struct series_sink *series, int *fd, struct mim_error *err)
{
    const char *name = series->base.name, *directory = series->name.directory;
    *fd = open(directory, O_PATH | O_DIRECTORY | O_CLOEXEC);
    if (*fd < 0 && errno == ENOENT)
        return mim_fail(err, MIM_IO, "%.300s: the directory %.200s does not exist", name, directory);
    if (*fd < 0)
        return mim_fail_errno(err, errno, "%.300s", name);
    if (faccessat(*fd, ".", W_OK | X_OK, AT_EACCESS) == 0)
        return MIM_OK;
    enum mim_status status =
        mim_fail_errno(err, errno, "%.300s: the directory %.200s cannot be written to", name, directory);
    close(*fd);
    *fd = -1;
    return status;
}

static enum mim_status
check_series(struct mim_sink *sink, struct mim_error *err)
{
    struct series_sink *series = series_of(sink);
    int directory;
    enum mim_status status = open_directory(series, &directory, err);
    if (status != MIM_OK)
        return status;
    if (!*series->rescued) /* by an earlier check */
        mim_staging_rescue(directory, series->rescued, sizeof series->rescued);
    status = check_targets(series, directory, err);
    close(directory);
    return status;
}

static enum mim_status
begin_series(struct mim_sink *sink, struct mim_error *err)
{
    struct series_sink *series = series_of(sink);
    enum mim_status status = open_directory(series, &series->staging.directory, err);
    if (status == MIM_OK)
        status = check_targets(series, series->staging.directory, err);
    if (status != MIM_OK)
        return status;
    int number = mim_staging_create(&series->staging, mim_path_file(sink->name));
    return number ? mim_fail_errno(err, number, "%.300s: a temporary directory beside it", sink->name) : MIM_OK;
}

/* A series consists of files; the sink itself receives no bytes. */
static int
write_series(struct mim_sink *sink, const void *data, uint64_t size, uint64_t offset)
{
    (void)sink, (void)data, (void)size, (void)offset;
    return EISDIR;
}

static void
remove_staging(struct series_sink *series)
{
    char file[NAME_MAX + 1];
    if (series->staging.temporary >= 0 && !series->staging.is_kept) {
        mim_journal_remove(&series->staging);
        for (uint64_t i = 0; i < series->made; i++)
            if (mim_series_sink_name(series, i, file, NULL) == MIM_OK)
                unlinkat(series->staging.temporary, file, 0);
    }
    mim_staging_close(&series->staging);
    series->made = 0;
}

static enum mim_status
commit_series(struct mim_sink *sink, uint64_t size, struct mim_error *err)
{
    struct series_sink *series = series_of(sink);
    (void)size;
    enum mim_status status = mim_series_sink_publish(series, err);
    if (status == MIM_OK && sink->sync)
        mim_fd_sync_directory(series->staging.directory);
    if (status == MIM_OK)
        remove_staging(series);
    return status;
}

static bool
rollback_series(struct mim_sink *sink, uint64_t written)
{
    (void)written;
    remove_staging(series_of(sink));
    return true;
}

static void
destroy_series(struct mim_sink *sink)
{
    mim_path_pattern_clear(&series_of(sink)->name);
}

static const struct mim_sink_kind series_kind = {
    .check = check_series,
    .begin = begin_series,
    .write = write_series,
    .commit = commit_series,
    .rollback = rollback_series,
    .destroy = destroy_series,
    .unbuffered = true,
};

enum mim_status
mim_sink_series_open(struct mim_sink **out, const char *path, bool keep_existing, struct mim_error *err)
{
    struct mim_sink *sink = mim_sink_create(sizeof(struct series_sink), &series_kind, path);
    if (!sink)
        return mim_fail_nomem(err, "output");
    struct series_sink *series = series_of(sink);
    series->keep_existing = keep_existing;
    series->expected = MIM_UNKNOWN;
    series->staging.directory = series->staging.temporary = series->staging.lock = -1;
    enum mim_status status = mim_path_pattern_parse(&series->name, path, err);
    if (status != MIM_OK) {
        mim_sink_close(sink);
        return status;
    }
    *out = sink;
    return MIM_OK;
}

bool
mim_sink_is_series(const struct mim_sink *sink)
{
    return sink->kind == &series_kind;
}

enum mim_status
mim_sink_set_start(struct mim_sink *sink, uint64_t start, struct mim_error *err)
{
    bool is_series = mim_sink_is_series(sink);
    if (start && !is_series && !sink->inside)
        return mim_fail(err, MIM_ARGUMENT,
                        "%.300s: is one file; numbers that start at %" PRIu64 " need a %%d in its name", sink->name,
                        start);
    if (start > INT64_MAX)
        return mim_fail(err, MIM_ARGUMENT, "%.300s: numbers do not start at %" PRIu64, sink->name, start);
    if (is_series)
        series_of(sink)->start = start;
    return MIM_OK;
}

const char *
mim_sink_series_rescued(struct mim_sink *sink)
{
    return mim_sink_is_series(sink) ? series_of(sink)->rescued : "";
}

void
mim_sink_series_expect(struct mim_sink *sink, uint64_t count)
{
    if (mim_sink_is_series(sink))
        series_of(sink)->expected = count;
}

static enum mim_status
begin_member(struct mim_sink *sink, struct mim_error *err)
{
    struct member_sink *member = member_of(sink);
    const struct series_sink *series = member->series;
    enum mim_status status = check_target(series, series->staging.directory, member->file, &member->old, err);
    if (status != MIM_OK)
        return status;

    member->replaces = S_ISREG(member->old.st_mode);
    /* the kernel applies the umask; a replacement stays private until it gets the old file's mode */
    mode_t mode = member->replaces ? S_IRUSR | S_IWUSR : 0666;
    int flags = O_RDWR | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC;
    member->fd = openat(series->staging.temporary, member->file, flags, mode);
    if (member->fd < 0)
        return mim_fail_errno(err, errno == EEXIST ? EIO : errno, "%.300s", sink->name);
    sink->seekable = true;
    return MIM_OK;
}

static int
write_member(struct mim_sink *sink, const void *data, uint64_t size, uint64_t offset)
{
    return mim_fd_write_at(member_of(sink)->fd, data, size, offset);
}

static int64_t
read_member(struct mim_sink *sink, void *data, uint64_t size, uint64_t offset)
{
    return mim_fd_read_at(member_of(sink)->fd, data, size, offset);
}

/* The file is complete; it is renamed together with all others. */
static enum mim_status
commit_member(struct mim_sink *sink, uint64_t size, struct mim_error *err)
{
    struct member_sink *member = member_of(sink);
    struct mim_sink *series = &member->series->base;
    if (member->replaces)
        mim_atomic_file_keep_mode(member->fd, &member->old);
    int number = mim_fd_settle(member->fd, series->sync);
    if (number)
        return mim_fail_errno(err, number == EEXIST ? EIO : number, "%.300s", sink->name);
    close(member->fd);
    member->fd = -1;
    atomic_fetch_add(&series->taken, size);
    return MIM_OK;
}

/* The file is removed with the series' directory. */
static bool
rollback_member(struct mim_sink *sink, uint64_t written)
{
    struct member_sink *member = member_of(sink);
    (void)written;
    if (member->fd >= 0)
        close(member->fd);
    member->fd = -1;
    return true;
}

static const struct mim_sink_kind member_kind = {
    .begin = begin_member,
    .write = write_member,
    .read = read_member,
    .commit = commit_member,
    .rollback = rollback_member,
};

enum mim_status
mim_sink_series_next(struct mim_sink *sink, struct mim_sink **out, struct mim_error *err)
{
    struct series_sink *series = series_of(sink);
    char file[NAME_MAX + 1], *path = NULL;
    enum mim_status status = mim_series_sink_name(series, series->made, file, err);
    if (status != MIM_OK)
        return status;
    if (asprintf(&path, "%s%s", series->name.shown, file) < 0)
        return mim_fail_nomem(err, "output");
    struct mim_sink *made = mim_sink_create(sizeof(struct member_sink), &member_kind, path);
    free(path);
    if (!made)
        return mim_fail_nomem(err, "output");
    member_of(made)->series = series;
    member_of(made)->fd = -1;
    strcpy(member_of(made)->file, file);
    series->made++;
    *out = made;
    return MIM_OK;
}
