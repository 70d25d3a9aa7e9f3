/* SPDX-License-Identifier: MIT */
/* A series: files of one image each, given by a pattern or a directory, read as one sequence. */
#ifndef MIM_CORE_SERIES_SERIES_LIST_H
#define MIM_CORE_SERIES_SERIES_LIST_H

#include <stdbool.h>
#include <stdint.h>

#include "container/member-index.h"

struct mim_series_entry {
    char *file;      /* its name in the directory */
    uint64_t number; /* of a numbered pattern; else 0 */
    uint64_t member; /* of an archive */
};

struct mim_series {
    char *shown; /* prefix of every file: "dir/" or "" */
    struct mim_series_entry *entries;
    uint64_t count, capacity;
    char missing[200];  /* notice about missing numbers; "" without any */
    char left_out[200]; /* notice about skipped files of the directory */
    char replaced[80];  /* notice about members that later ones replace */
};

struct mim_series_rules {
    uint64_t max_files; /* files; more are LIMIT */
    /* For directories: whether a file of that name belongs to the series. */
    bool (*belongs)(void *user, const char *file);
    void *user;
};

/* Lists the files of `path`, a pattern or a directory, in order. IO: there are none. Call mim_series_clear() also
 * after a failure. */
enum mim_status mim_series_list(struct mim_series *series, const char *path, const struct mim_series_rules *rules,
                                struct mim_error *err);
/* The same for the members of an archive: `inside` is "" for all, a directory that ends in "/", or a pattern. `path` is that of the
 * archive with `inside`. */
enum mim_status mim_series_list_members(struct mim_series *series, const struct mim_member_index *index, const char *path,
                                        const char *inside, const struct mim_series_rules *rules, struct mim_error *err);
void mim_series_clear(struct mim_series *series);

/* The path of file i; free() it. NULL: no memory. */
char *mim_series_path(const struct mim_series *series, uint64_t index);

#endif
