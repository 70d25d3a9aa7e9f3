/* SPDX-License-Identifier: MIT */
/*
 * A lock shows whether the process of a hidden directory lives. If it died while its files appeared, a journal tells which ones have: all
 * files are complete then, so the rest appear too, unless they were being withdrawn.
 */
#include "io/staging-rescue.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "io/rename.h"
#include "io/staging-journal.h"
#include "io/staging.h"

#define DAYS_OF_OTHERS 7

struct counts {
    unsigned finished, undone, removed;
};

static ino_t
inode_of(int directory, const char *name)
{
    struct stat st;
    return fstatat(directory, name, &st, AT_SYMLINK_NOFOLLOW) == 0 ? st.st_ino : 0;
}

/* The process died while it swapped two files by hand. */
static void
restore_aside(const struct mim_staging *staging, const struct mim_journal_entry *entry)
{
    if (!entry->old || inode_of(staging->temporary, MIM_RENAME_ASIDE) != entry->old)
        return;
    ino_t there = inode_of(staging->directory, entry->name);
    if (!there)
        mim_rename_new(staging->temporary, MIM_RENAME_ASIDE, staging->directory, entry->name);
    else if (there == entry->fresh)
        mim_rename_new(staging->temporary, MIM_RENAME_ASIDE, staging->temporary, entry->name);
}

/* A file that another process has put there meanwhile stays. */
static void
finish_file(const struct mim_staging *staging, const struct mim_journal_entry *entry)
{
    ino_t there = inode_of(staging->directory, entry->name);
    if (inode_of(staging->temporary, entry->name) != entry->fresh || (there && there != entry->old))
        return;
    if (there)
        mim_rename_swap(staging->temporary, staging->directory, entry->name);
    else
        mim_rename_new(staging->temporary, entry->name, staging->directory, entry->name);
}

static void
undo_file(const struct mim_staging *staging, const struct mim_journal_entry *entry)
{
    if (inode_of(staging->directory, entry->name) == entry->fresh)
        mim_staging_withdraw(staging, entry->name);
}

static void
follow_journal(const struct mim_staging *staging, struct counts *counts)
{
    char *text;
    size_t size, at = 0;
    bool is_undone;
    struct mim_journal_entry entry;
    if (!mim_journal_load(staging, &text, &size, &is_undone))
        return;
    while (mim_journal_next(text, size, &at, &entry)) {
        restore_aside(staging, &entry);
        (is_undone ? undo_file : finish_file)(staging, &entry);
    }
    *(is_undone ? &counts->undone : &counts->finished) += 1;
    free(text);
    mim_journal_remove(staging);
}

static DIR *
list_directory(int directory)
{
    int own = openat(directory, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    DIR *stream = own < 0 ? NULL : fdopendir(own);
    if (own >= 0 && !stream)
        close(own);
    return stream;
}

static void
remove_files(int directory)
{
    DIR *stream = list_directory(directory);
    for (const struct dirent *entry; stream && (entry = readdir(stream));)
        unlinkat(directory, entry->d_name, 0);
    if (stream)
        closedir(stream);
}

/* Whether nothing is in it but an empty lock: its process died before it wrote more. */
static bool
is_bare(const struct mim_staging *staging)
{
    struct stat st;
    DIR *stream = list_directory(staging->temporary);
    unsigned count = 0;
    while (stream && readdir(stream))
        count++;
    if (stream)
        closedir(stream);
    return stream && count == 3 && fstat(staging->lock, &st) == 0 && st.st_size == 0;
}

/* Of this host since it was started, or so old that no process has it any more. */
static bool
is_abandoned(const struct mim_staging *staging, bool *is_old)
{
    struct stat st;
    *is_old = fstat(staging->temporary, &st) == 0 && time(NULL) - st.st_mtime > DAYS_OF_OTHERS * 24 * 60 * 60;
    return mim_staging_take_lock(staging->lock) &&
           (*is_old || is_bare(staging) || mim_staging_is_of_this_boot(staging->lock));
}

static void
rescue_one(int directory, const char *name, struct counts *counts)
{
    struct stat st;
    struct mim_staging staging = { .directory = directory, .lock = -1 };
    bool is_old;
    staging.temporary = openat(directory, name, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
    if (staging.temporary < 0)
        return;
    bool is_own = fstat(staging.temporary, &st) == 0 && st.st_uid == geteuid() && (st.st_mode & 0777) == 0700;
    if (is_own)
        staging.lock = openat(staging.temporary, MIM_STAGING_LOCK, O_RDWR | O_NOFOLLOW | O_CLOEXEC);
    if (staging.lock >= 0 && is_abandoned(&staging, &is_old)) {
        counts->removed += is_old;
        follow_journal(&staging, counts);
        remove_files(staging.temporary);
        unlinkat(directory, name, AT_REMOVEDIR);
    }
    if (staging.lock >= 0)
        close(staging.lock);
    else if (is_own)
        unlinkat(directory, name, AT_REMOVEDIR); /* if it is empty; a process that has just made it makes another */
    close(staging.temporary);
}

static bool
is_hidden_directory(const char *name)
{
    const char *mark = *name == '.' ? strrchr(name, '.') : NULL;
    return mark && strncmp(mark, ".mim-", strlen(".mim-")) == 0;
}

void
mim_staging_rescue(int directory, char *remark, size_t size)
{
    struct counts counts = { 0 };
    DIR *stream = list_directory(directory);
    for (const struct dirent *entry; stream && (entry = readdir(stream));)
        if (is_hidden_directory(entry->d_name))
            rescue_one(directory, entry->d_name, &counts);
    if (stream)
        closedir(stream);
    *remark = '\0';
    if (counts.finished)
        snprintf(remark, size, "a series that a killed process had begun to replace is completed");
    else if (counts.undone)
        snprintf(remark, size, "a series that a killed process had begun to take back is undone");
    else if (counts.removed)
        snprintf(remark, size, "hidden directories of series that were killed more than %d days ago are removed", DAYS_OF_OTHERS);
}
