/* SPDX-License-Identifier: MIT */
/* Renames, also on file systems without the flags of renameat2(). Each returns 0 or errno. */
#ifndef MIM_CORE_IO_RENAME_H
#define MIM_CORE_IO_RENAME_H

/* Renames to an unused name; EEXIST without a change where it is used. */
int mim_rename_new(int from, const char *name, int to, const char *new_name);
/* Swaps the files of one name in two directories. Only this process uses `from`. */
#define MIM_RENAME_ASIDE ".aside"
int mim_rename_swap(int from, int to, const char *name);

#endif
