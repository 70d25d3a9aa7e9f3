/* SPDX-License-Identifier: MIT */
/* Giving files their names, also where a file system knows no flags of renameat2(). Each result: 0 or errno. */
#ifndef MIM_CORE_IO_RENAME_H
#define MIM_CORE_IO_RENAME_H

/* To a name that nothing has; else EEXIST, and nothing has changed. */
int mim_rename_new(int from, const char *name, int to, const char *new_name);
/* Two files, one in each directory and of one name, change places. `from` is ours alone. */
int mim_rename_swap(int from, int to, const char *name);

#endif
