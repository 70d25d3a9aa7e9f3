/* SPDX-License-Identifier: MIT */
/* A series: files of one image each that are read as one sequence, by a pattern or a directory. */
#ifndef MIM_CORE_SERIES_SERIES_LIST_H
#define MIM_CORE_SERIES_SERIES_LIST_H

#include <stdbool.h>
#include <stdint.h>

#include <mim/error.h>

struct mim_series_entry {
    char *file;      /* its name in the directory */
    uint64_t number; /* of a numbered pattern; else 0 */
};

struct mim_series {
    char *shown; /* what stands before every file: "dir/" or "" */
    struct mim_series_entry *entries;
    uint64_t count, capacity;
    char missing[200];  /* notices: numbers that no file has, "" when there are none; */
    char left_out[200]; /* what lies there and is no part of the series */
};

struct mim_series_rules {
    uint64_t max_files; /* files; more are LIMIT */
    /* Of a directory: does a file of that name belong to it? */
    bool (*belongs)(void *user, const char *file);
    void *user;
};

/* Lists the files that `path`, a pattern or a directory, stands for, in their order. IO: there are none. Whatever the
 * result, mim_series_clear() comes after. */
enum mim_status mim_series_list(struct mim_series *series, const char *path, const struct mim_series_rules *rules,
                                struct mim_error *err);
void mim_series_clear(struct mim_series *series);

/* The path of a file; free() it. NULL: no memory. */
char *mim_series_path(const struct mim_series *series, uint64_t index);

#endif
