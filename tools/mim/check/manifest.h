/* SPDX-License-Identifier: MIT */
/* The lines of a manifest. */
#ifndef MIM_TOOL_CHECK_MANIFEST_H
#define MIM_TOOL_CHECK_MANIFEST_H

#include <stddef.h>

struct check_line {
    unsigned number;
    const char *section, *key, *value;
};

struct check_manifest {
    char *text;  /* as it was read */
    char *parts; /* the strings that lines point to */
    struct check_line *lines;
    size_t count;
};

/* Read a file. NULL, with errno, if that fails. */
struct check_manifest *manifest_read(const char *path);
void manifest_destroy(struct check_manifest *manifest);

/* Return the first value of a key, or NULL. */
const char *manifest_value(const struct check_manifest *manifest, const char *section, const char *key);

#endif
