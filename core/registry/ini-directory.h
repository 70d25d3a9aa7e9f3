/* SPDX-License-Identifier: MIT */
/* Directories of .ini files. */
#ifndef MIM_CORE_REGISTRY_INI_DIRECTORY_H
#define MIM_CORE_REGISTRY_INI_DIRECTORY_H

#include <stdbool.h>
#include <sys/stat.h>

#include <mim/error.h>

struct mim_ini_file {
    const char *name; /* "NAME.ini" */
    const char *path;
    struct stat facts;
    const char *text; /* NULL when it is not a regular file */
    size_t size;
};

struct mim_ini_directory_visitor {
    /* The directory itself, before its files; false passes it over. NULL: always true. */
    bool (*directory)(void *user, const char *path, const struct stat *facts);
    /* false ends the scan: no memory. */
    bool (*file)(void *user, const struct mim_ini_file *file);
    /* What could not be read, a file or (name NULL) the directory; false as above. */
    bool (*refuse)(void *user, const char *name, const char *reason);
    void *user;
};

/* Visit NAME.ini (NAME a proper name) in the order of their names. A directory that is not there is empty. false: no
 * memory. */
bool mim_ini_directory_read(const char *path, const struct mim_ini_directory_visitor *visitor);

#endif
