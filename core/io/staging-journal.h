/* SPDX-License-Identifier: MIT */
/* Which files of a staging directory are to appear: written before the first of them does. */
#ifndef MIM_CORE_IO_STAGING_JOURNAL_H
#define MIM_CORE_IO_STAGING_JOURNAL_H

#include <stdbool.h>
#include <stdio.h>
#include <sys/types.h>

struct mim_staging;

/* What a journal knows of a file. Renaming keeps the inode, which shows whether the file has appeared. */
struct mim_journal_entry {
    ino_t fresh;      /* of the file that is to appear */
    ino_t old;        /* of the file that it replaces; 0: none */
    const char *name; /* of both */
};

/* Writing: open, add each file, close. All return 0 or errno. */
int mim_journal_open(const struct mim_staging *staging, FILE **journal);
int mim_journal_add(const struct mim_staging *staging, FILE *journal, const char *name);
int mim_journal_close(FILE *journal, bool sync);
/* From now on the files are withdrawn. */
void mim_journal_turn_back(const struct mim_staging *staging);
/* All files have appeared, or none has. */
void mim_journal_remove(const struct mim_staging *staging);

/* Reads the journal of a dead process. Returns false without a complete one. `is_undone`: the files were being withdrawn. */
bool mim_journal_load(const struct mim_staging *staging, char **text, size_t *size, bool *is_undone);
/* The next entry of the text, from `*at` on. */
bool mim_journal_next(const char *text, size_t size, size_t *at, struct mim_journal_entry *entry);

#endif
