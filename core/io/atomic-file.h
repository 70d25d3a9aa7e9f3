/* SPDX-License-Identifier: MIT */
/* A file that appears under its name when it is complete, and leaves nothing behind otherwise. */
#ifndef MIM_CORE_IO_ATOMIC_FILE_H
#define MIM_CORE_IO_ATOMIC_FILE_H

#include <limits.h>
#include <stdbool.h>
#include <stdint.h>
#include <sys/stat.h>

/* Initialise to zero, with both descriptors -1. */
struct mim_atomic_file {
    int fd;                       /* for reading and writing at any offset */
    int directory;                /* the file's directory, which may be renamed meanwhile */
    char temporary[NAME_MAX + 1]; /* its temporary name; "": none yet */
    struct mim_temporary *listed; /* under that name */
    bool replaces;                /* an existing regular file will be replaced: */
    struct stat old;
};

/* All return 0 or errno. `directory` and `name` are the two parts of the path. */
int mim_atomic_file_create(struct mim_atomic_file *file, const char *directory, const char *name);
/* EEXIST with `keep_existing` when the name is used. `size` bytes were written; `sync` flushes them to disk before
 * they appear. Closes the file on success only. */
int mim_atomic_file_publish(struct mim_atomic_file *file, const char *name, uint64_t size, bool keep_existing,
                            bool sync);
void mim_atomic_file_discard(struct mim_atomic_file *file);

/* Makes a temporary name: hidden, containing `name`, and different each time. */
void mim_atomic_file_name(const char *name, char temporary[NAME_MAX + 1]);
/* Gives a replacement the owner and mode of the old file, as far as permitted. */
void mim_atomic_file_keep_mode(int fd, const struct stat *old);

#endif
