/* SPDX-License-Identifier: MIT */
/* Follows links only where their owner could have written to the file himself. */
#include "io/link-target.h"

#include <errno.h>
#include <stdbool.h>
#include <stdlib.h>
#include <sys/auxv.h>
#include <unistd.h>

#include "base/error.h"
#include "io/path-pattern.h"

/* As the kernel's protected_symlinks: in a sticky directory that others may write to, the link is ours or the
 * directory owner's. */
static bool
is_trusted(const char *path, const struct stat *link)
{
    char *name = mim_path_directory(path);
    struct stat directory;
    bool is_known = name && stat(name, &directory) == 0;
    free(name);
    bool is_shared = is_known && directory.st_mode & S_ISVTX && directory.st_mode & (S_IWGRP | S_IWOTH);
    return is_known && (!is_shared || link->st_uid == geteuid() || link->st_uid == directory.st_uid);
}

enum mim_status
mim_link_target(char **target, const char *path, const struct stat *link, struct mim_error *err)
{
    struct stat st;
    if (getauxval(AT_SECURE) || !is_trusted(path, link))
        return mim_fail(err, MIM_IO, "%.300s: is a symbolic link that may be a trap; remove it or name its target", path);

    char *resolved = realpath(path, NULL);
    if (!resolved || stat(resolved, &st) != 0) {
        enum mim_status status = mim_fail_errno(err, errno, "%.300s: the target of this symbolic link", path);
        free(resolved);
        return status;
    }
    if (!S_ISREG(st.st_mode)) {
        free(resolved);
        return mim_fail(err, MIM_IO, "%.300s: is a symbolic link to something that is not a regular file", path);
    }
    *target = resolved;
    return MIM_OK;
}
