/* SPDX-License-Identifier: MIT */
/* Staging: new files, and the files that they replaced, are in a directory next to their final place. */
#include "io/staging.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include "io/atomic-file.h"
#include "io/fd-io.h"
#include "io/rename.h"

#define NAME_TRIES 1000
#define IDENTITY_SIZE (HOST_NAME_MAX + 48)

/* The host and its boot, or nothing if either is unknown. Returns the length. */
static size_t
identify_boot(char identity[IDENTITY_SIZE])
{
    char host[HOST_NAME_MAX + 1] = "", boot[40] = "";
    int fd = open("/proc/sys/kernel/random/boot_id", O_RDONLY | O_CLOEXEC);
    if (fd >= 0) {
        mim_fd_read_at(fd, boot, sizeof boot - 1, 0);
        close(fd);
    }
    if (gethostname(host, sizeof host - 1) != 0 || !*host || !*boot)
        return 0;
    return (size_t)snprintf(identity, IDENTITY_SIZE, "%s %s", host, boot);
}

bool
mim_staging_take_lock(int lock)
{
    return flock(lock, LOCK_EX | LOCK_NB) == 0;
}

bool
mim_staging_is_of_this_boot(int lock)
{
    char own[IDENTITY_SIZE], other[IDENTITY_SIZE];
    size_t size = identify_boot(own);
    return size && mim_fd_read_at(lock, other, sizeof other, 0) == (int64_t)size && memcmp(own, other, size) == 0;
}

/* Another process may take the lock first, and remove the directory. A file system without locks has no identity either, so that
 * no other process takes the directory for that of a dead one. */
static int
create_lock(struct mim_staging *staging)
{
    char identity[IDENTITY_SIZE];
    staging->lock = openat(staging->temporary, MIM_STAGING_LOCK, O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC, S_IRUSR | S_IWUSR);
    if (staging->lock < 0)
        return errno;
    struct stat st;
    if (!mim_staging_take_lock(staging->lock))
        return errno == EWOULDBLOCK ? errno : 0;
    if (fstat(staging->lock, &st) == 0 && st.st_nlink == 0)
        return EWOULDBLOCK;
    mim_fd_write_at(staging->lock, identity, identify_boot(identity), 0); /* writing the first file reports a full disk */
    return 0;
}

static int
create_directory(struct mim_staging *staging)
{
    if (mkdirat(staging->directory, staging->name, 0700) != 0) {
        int number = errno;
        *staging->name = '\0';
        return number;
    }
    staging->temporary = openat(staging->directory, staging->name, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
    return staging->temporary < 0 ? errno : create_lock(staging);
}

/* Removes the directory, if nothing else is in it. */
static void
remove_directory(struct mim_staging *staging)
{
    if (staging->temporary >= 0 && !staging->is_kept)
        unlinkat(staging->temporary, MIM_STAGING_LOCK, 0);
    if (*staging->name && !staging->is_kept)
        unlinkat(staging->directory, staging->name, AT_REMOVEDIR);
    if (staging->temporary >= 0)
        close(staging->temporary);
    if (staging->lock >= 0)
        close(staging->lock);
    staging->temporary = staging->lock = -1;
    *staging->name = '\0';
}

int
mim_staging_create(struct mim_staging *staging, const char *name)
{
    for (int tries = 0;; tries++) {
        mim_atomic_file_name(name, staging->name);
        int number = create_directory(staging);
        bool again = number == EEXIST || number == EWOULDBLOCK || (number == ENOENT && *staging->name);
        if (number)
            remove_directory(staging);
        if (!again || tries == NAME_TRIES)
            return number;
    }
}

int
mim_staging_publish(const struct mim_staging *staging, const char *file, bool keep_existing)
{
    for (int tries = 0;; tries++) {
        struct stat st;
        bool exists = fstatat(staging->directory, file, &st, AT_SYMLINK_NOFOLLOW) == 0;
        bool replaces = exists && !keep_existing;
        if (!exists && errno != ENOENT)
            return errno;
        if (replaces && S_ISDIR(st.st_mode))
            return EISDIR;
        int number = replaces ? mim_rename_swap(staging->temporary, staging->directory, file)
                              : mim_rename_new(staging->temporary, file, staging->directory, file);
        /* a file appeared or vanished meanwhile */
        bool again = number == (replaces ? ENOENT : EEXIST) && !keep_existing;
        if (!again || tries == NAME_TRIES)
            return number;
    }
}

bool
mim_staging_withdraw(const struct mim_staging *staging, const char *file)
{
    struct stat st;
    int directory = staging->directory, temporary = staging->temporary;
    if (fstatat(temporary, file, &st, AT_SYMLINK_NOFOLLOW) == 0)
        return mim_rename_swap(temporary, directory, file) == 0 || renameat(temporary, file, directory, file) == 0;
    return mim_rename_new(directory, file, temporary, file) == 0 || unlinkat(directory, file, 0) == 0;
}

void
mim_staging_close(struct mim_staging *staging)
{
    remove_directory(staging);
    if (staging->directory >= 0)
        close(staging->directory);
    *staging = (struct mim_staging){ .directory = -1, .temporary = -1, .lock = -1 };
}
