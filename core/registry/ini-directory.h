/* SPDX-License-Identifier: MIT */
/* Directories of .ini files. */
#ifndef MIM_CORE_REGISTRY_INI_DIRECTORY_H
#define MIM_CORE_REGISTRY_INI_DIRECTORY_H

#include <stdbool.h>
#include <stddef.h>
#include <sys/stat.h>

struct mim_ini_file {
    const char *name; /* "NAME.ini" */
    const char *path;
    struct stat facts;
    const char *text; /* NULL when it is not a regular file */
    size_t size;
};

struct mim_ini_directory_visitor {
    /* Called for the directory before its files; false skips it. NULL: always true. */
    bool (*directory)(void *user, const char *path, const struct stat *facts);
    /* Returns false to stop: no memory. */
    bool (*file)(void *user, const struct mim_ini_file *file);
    /* Called for an unreadable file, or the directory (name NULL); false as above. */
    bool (*refuse)(void *user, const char *name, const char *reason);
    void *user;
};

/* Visits all NAME.ini with a valid NAME, sorted by name. A missing directory is empty. false: no memory. */
bool mim_ini_directory_read(const char *path, const struct mim_ini_directory_visitor *visitor);

#endif
