/* SPDX-License-Identifier: MIT */
/* A list of files or members under way. */
#ifndef MIM_CORE_SERIES_SERIES_LIST_PRIV_H
#define MIM_CORE_SERIES_SERIES_LIST_PRIV_H

#include "io/path-pattern.h"
#include "series/series-list.h"

enum mim_series_verdict { MIM_SERIES_NO_PART, MIM_SERIES_PART, MIM_SERIES_LEFT_OUT };

struct mim_series_listing {
    struct mim_series *series;
    const struct mim_series_rules *rules;
    const char *path;
    enum mim_path_pattern_kind kind; /* NONE: a whole directory or archive */
    struct mim_path_pattern name;
    char *directory;
    const char *pattern; /* GLOB */
    uint64_t left_out;
    bool is_archive;
};

/* Whether the name is a part of the series, and its number. A hidden one is no part of a whole directory. */
enum mim_series_verdict mim_series_judge(const struct mim_series_listing *listing, const char *file, bool is_hidden,
                                         uint64_t *number);
/* Copies the entry. LIMIT, NOMEM. */
enum mim_status mim_series_add(struct mim_series_listing *listing, const struct mim_series_entry *entry,
                               struct mim_error *err);
void mim_series_leave_out(struct mim_series_listing *listing, const char *file);
/* Sorts the entries and completes the notices. IO: there are none. */
enum mim_status mim_series_settle(struct mim_series_listing *listing, struct mim_error *err);
/* The part of the path before a file's name; free() it. NULL: no memory. */
char *mim_series_show(const struct mim_series_listing *listing);

#endif
