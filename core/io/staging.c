/* SPDX-License-Identifier: MIT */
/* Staging: new files, and the files that they replaced, are in a directory next to their final place. */
#include "io/staging.h"

#include <errno.h>
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include "io/atomic-file.h"
#include "io/rename.h"

#define NAME_TRIES 1000

int
mim_staging_create(struct mim_staging *staging, const char *name)
{
    for (int i = 0; i < NAME_TRIES; i++) {
        mim_atomic_file_name(name, staging->name);
        if (mkdirat(staging->directory, staging->name, 0700) == 0)
            break;
        if (errno != EEXIST || i + 1 == NAME_TRIES) {
            staging->name[0] = '\0';
            return errno;
        }
    }
    staging->temporary = openat(staging->directory, staging->name, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
    return staging->temporary < 0 ? errno : 0;
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

void
mim_staging_withdraw(const struct mim_staging *staging, const char *file)
{
    struct stat st;
    if (fstatat(staging->temporary, file, &st, AT_SYMLINK_NOFOLLOW) == 0)
        mim_rename_swap(staging->temporary, staging->directory, file);
    else
        mim_rename_new(staging->directory, file, staging->temporary, file);
}

void
mim_staging_close(struct mim_staging *staging)
{
    if (staging->temporary >= 0)
        close(staging->temporary);
    if (*staging->name)
        unlinkat(staging->directory, staging->name, AT_REMOVEDIR);
    if (staging->directory >= 0)
        close(staging->directory);
    *staging = (struct mim_staging){ .directory = -1, .temporary = -1 };
}
