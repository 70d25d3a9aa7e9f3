/* SPDX-License-Identifier: MIT */
/* A hidden directory, in which the files of a series wait until all of them are complete. */
#ifndef MIM_CORE_IO_STAGING_H
#define MIM_CORE_IO_STAGING_H

#include <limits.h>
#include <stdbool.h>

#define MIM_STAGING_LOCK ".lock" /* a file in the temporary directory */

struct mim_staging {
    int directory;           /* where the files will appear; -1: not open */
    int temporary;           /* where they wait; -1: none */
    int lock;                /* held until the temporary directory is gone; -1: none */
    bool is_kept;            /* the temporary directory has the only copy of a file */
    char name[NAME_MAX + 1]; /* of the temporary directory; "": none */
};

/* Makes the temporary directory, whose name contains `name`. 0 or errno. */
int mim_staging_create(struct mim_staging *staging, const char *name);
/* Moves a file to its final name, and the file that it replaces to the temporary directory. 0 or errno. */
int mim_staging_publish(const struct mim_staging *staging, const char *file, bool keep_existing);
/* Undoes publish. false: the replaced file stays in the temporary directory. */
bool mim_staging_withdraw(const struct mim_staging *staging, const char *file);
/* Whether the lock is ours from now on, so that no other process works in the directory. */
bool mim_staging_take_lock(int lock);
/* Whether the lock is of this host since it was started. */
bool mim_staging_is_of_this_boot(int lock);
/* Removes the temporary directory once it is empty, and closes both. */
void mim_staging_close(struct mim_staging *staging);

#endif
