/* SPDX-License-Identifier: MIT */
/* The file behind a symbolic link that is to be replaced. */
#ifndef MIM_CORE_IO_LINK_TARGET_H
#define MIM_CORE_IO_LINK_TARGET_H

#include <sys/stat.h>

#include <mim/error.h>

/* Resolves the link once, and stores the path of the regular file; free() it. IO for any other target, in a program with
 * special privileges, and for links of strangers in a directory such as /tmp. `link`: the link's lstat. */
enum mim_status mim_link_target(char **target, const char *path, const struct stat *link, struct mim_error *err);

#endif
