/* SPDX-License-Identifier: MIT */
/* A file that appears under its name when it is whole, and of which nothing stays otherwise. */
#ifndef MIM_CORE_IO_ATOMIC_FILE_H
#define MIM_CORE_IO_ATOMIC_FILE_H

#include <limits.h>
#include <stdbool.h>
#include <stdint.h>
#include <sys/stat.h>

/* Zero it, with both descriptors -1. */
struct mim_atomic_file {
    int fd;                       /* for reading and writing, anywhere */
    int directory;                /* what the file is in: renaming that meanwhile does no harm */
    char temporary[NAME_MAX + 1]; /* its name for the time being; "": it has none yet */
    bool replaces;                /* a regular file is there: */
    struct stat old;
};

/* Every result: 0 or errno. `directory` and `name` are the two parts of the path. */
int mim_atomic_file_create(struct mim_atomic_file *file, const char *directory, const char *name);
/* EEXIST, with `keep_existing`: something of that name is there. `size` bytes were written; `sync` has them on the disk
 * before they appear. Closed only when it worked. */
int mim_atomic_file_publish(struct mim_atomic_file *file, const char *name, uint64_t size, bool keep_existing,
                            bool sync);
void mim_atomic_file_discard(struct mim_atomic_file *file);

/* A name for the time being: hidden, with `name` in it; not always the same. */
void mim_atomic_file_name(const char *name, char temporary[NAME_MAX + 1]);
/* What replaces a regular file gets its owner and mode, as far as we may. */
void mim_atomic_file_keep_mode(int fd, const struct stat *old);

#endif
