/* SPDX-License-Identifier: MIT */
/* Renaming without replacing, and swapping: by the kernel, or by hand. */
#include "io/rename.h"

#include <errno.h>
#include <fcntl.h>
#include <stdbool.h>
#include <stdio.h>
#include <unistd.h>

/* For NFS and others without flags. */
static bool
knows_no_flags(int number)
{
    return number == EINVAL || number == ENOSYS;
}

int
mim_rename_new(int from, const char *name, int to, const char *new_name)
{
    if (renameat2(from, name, to, new_name, RENAME_NOREPLACE) == 0)
        return 0;
    if (!knows_no_flags(errno))
        return errno;
    if (linkat(from, name, to, new_name, 0) != 0)
        return errno;
    unlinkat(from, name, 0);
    return 0;
}

/* Swaps through a third name, and undoes partial work on failure. */
static int
swap_by_hand(int from, int to, const char *name)
{
    static const char aside[] = MIM_RENAME_ASIDE;
    if (renameat(to, name, from, aside) != 0)
        return errno;

    bool is_moved = renameat(from, name, to, name) == 0;
    if (is_moved && renameat(from, aside, from, name) == 0)
        return 0;
    int number = errno;
    if (is_moved)
        renameat(to, name, from, name);
    renameat(from, aside, to, name);
    return number;
}

int
mim_rename_swap(int from, int to, const char *name)
{
    if (renameat2(from, name, to, name, RENAME_EXCHANGE) == 0)
        return 0;
    return knows_no_flags(errno) ? swap_by_hand(from, to, name) : errno;
}
