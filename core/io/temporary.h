/* SPDX-License-Identifier: MIT */
/* The named temporary files of the process, listed such that a signal handler can remove them. */
#ifndef MIM_CORE_IO_TEMPORARY_H
#define MIM_CORE_IO_TEMPORARY_H

struct mim_temporary;

/* Lists a file that exists. NULL if the list is full: the file is then removed only by its owner. */
struct mim_temporary *mim_temporary_add(int directory, const char *name);
/* Takes a file off the list, after it was renamed or removed and before its directory is closed. NULL is allowed. */
void mim_temporary_drop(struct mim_temporary *temporary);

#endif
