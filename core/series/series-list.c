/* SPDX-License-Identifier: MIT */
/* Lists the files of a series: reads a directory, sorts matching files, notes gaps and skipped files. */
#include "series/series-list.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <fnmatch.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "base/error.h"
#include "io/path-pattern.h"

#define MAX_GAPS_SHOWN 4
#define MAX_LEFT_OUT_SHOWN 3

enum verdict { NO_PART, PART, LEFT_OUT };

/* One listing under way. */
struct listing {
    struct mim_series *series;
    const struct mim_series_rules *rules;
    const char *path;
    enum mim_path_pattern_kind kind; /* NONE: a directory */
    struct mim_path_pattern name;
    char *directory;
    const char *pattern; /* GLOB */
    uint64_t left_out;
};

/* Whether opening the entry cannot block. Dangling links count: opening one reports the error. */
static bool
may_be_file(int directory, const struct dirent *entry)
{
    struct stat st;
    if (entry->d_type == DT_REG)
        return true;
    if (entry->d_type != DT_LNK && entry->d_type != DT_UNKNOWN)
        return false;
    return fstatat(directory, entry->d_name, &st, 0) != 0 || S_ISREG(st.st_mode);
}

static enum verdict
judge_entry(const struct listing *listing, int directory, const struct dirent *entry, uint64_t *number)
{
    const struct mim_series_rules *rules = listing->rules;
    const char *file = entry->d_name;
    *number = 0;
    switch (listing->kind) {
    case MIM_PATTERN_NUMBERS:
        if (!mim_path_pattern_number(&listing->name, file, number))
            return NO_PART;
        break;
    case MIM_PATTERN_GLOB:
        if (fnmatch(listing->pattern, file, FNM_PERIOD) != 0)
            return NO_PART;
        break;
    case MIM_PATTERN_NONE:
        if (*file == '.')
            return NO_PART;
        if (!rules->belongs(rules->user, file))
            return LEFT_OUT;
        break;
    }
    return may_be_file(directory, entry) ? PART : LEFT_OUT;
}

static void
note_left_out(struct listing *listing, const char *file)
{
    char *text = listing->series->left_out;
    size_t used = strlen(text), size = sizeof listing->series->left_out;
    if (listing->left_out++ < MAX_LEFT_OUT_SHOWN)
        snprintf(text + used, size - used, "%s%.40s", used ? ", " : "", file);
}

static enum mim_status
add_entry(struct listing *listing, const char *file, uint64_t number, struct mim_error *err)
{
    struct mim_series *series = listing->series;
    if (series->count == listing->rules->max_files)
        return mim_fail_limit(err, series->count + 1, series->count, "%.300s: more files than the limit frames=%" PRIu64,
                              listing->path, series->count);
    if (series->count == series->capacity) {
        uint64_t capacity = series->capacity ? series->capacity * 2 : 64;
        struct mim_series_entry *grown = reallocarray(series->entries, capacity, sizeof *grown);
        if (!grown)
            return mim_fail_nomem(err, "a list of files");
        series->entries = grown;
        series->capacity = capacity;
    }
    char *copy = strdup(file);
    if (!copy)
        return mim_fail_nomem(err, "a list of files");
    series->entries[series->count++] = (struct mim_series_entry){ copy, number };
    return MIM_OK;
}

static enum mim_status
read_directory(struct listing *listing, DIR *stream, struct mim_error *err)
{
    for (;;) {
        uint64_t number;
        errno = 0;
        const struct dirent *entry = readdir(stream);
        if (!entry && errno)
            return mim_fail_errno(err, errno, "%.300s", listing->directory);
        if (!entry)
            return MIM_OK;

        enum verdict verdict = judge_entry(listing, dirfd(stream), entry, &number);
        enum mim_status status = verdict == PART ? add_entry(listing, entry->d_name, number, err) : MIM_OK;
        if (status != MIM_OK)
            return status;
        if (verdict == LEFT_OUT)
            note_left_out(listing, entry->d_name);
    }
}

static int
by_name(const void *one, const void *other)
{
    const struct mim_series_entry *a = one, *b = other;
    return mim_path_pattern_order(a->file, b->file);
}

static int
by_number(const void *one, const void *other)
{
    const struct mim_series_entry *a = one, *b = other;
    return a->number < b->number ? -1 : a->number > b->number;
}

/* "3 numbers are missing: 5, 9-10" */
static void
note_missing(struct mim_series *series)
{
    char gaps[120] = "";
    uint64_t missing = 0;
    unsigned shown = 0;
    for (uint64_t i = 1; i < series->count; i++) {
        uint64_t first = series->entries[i - 1].number + 1, end = series->entries[i].number;
        if (first >= end)
            continue;
        missing += end - first;
        size_t used = strlen(gaps), size = sizeof gaps - used;
        if (shown++ == MAX_GAPS_SHOWN)
            snprintf(gaps + used, size, ", ...");
        else if (shown <= MAX_GAPS_SHOWN && end - first == 1)
            snprintf(gaps + used, size, "%s%" PRIu64, used ? ", " : "", first);
        else if (shown <= MAX_GAPS_SHOWN)
            snprintf(gaps + used, size, "%s%" PRIu64 "-%" PRIu64, used ? ", " : "", first, end - 1);
    }
    if (missing)
        snprintf(series->missing, sizeof series->missing, "%" PRIu64 " number%s missing: %s", missing,
                 missing == 1 ? " is" : "s are", gaps);
}

/* "left out: notes.txt, Thumbs.db and 2 more" */
static void
finish_left_out(struct listing *listing)
{
    char *text = listing->series->left_out, names[200];
    if (!listing->left_out)
        return;
    snprintf(names, sizeof names, "%s", text);
    int used =
        snprintf(text, sizeof listing->series->left_out, "no image by its name or kind, left out: %.120s", names);
    if (listing->left_out > MAX_LEFT_OUT_SHOWN)
        snprintf(text + used, sizeof listing->series->left_out - (size_t)used, " and %" PRIu64 " more",
                 listing->left_out - MAX_LEFT_OUT_SHOWN);
}

static enum mim_status
fail_empty(const struct listing *listing, struct mim_error *err)
{
    const char *rest = listing->left_out ? "; " : "", *left_out = listing->series->left_out;
    switch (listing->kind) {
    case MIM_PATTERN_NUMBERS:
        return mim_fail(err, MIM_IO, "%.300s: no such file, and none with a number in place of the %%d", listing->path);
    case MIM_PATTERN_GLOB:
        return mim_fail(err, MIM_IO, "%.300s: no such file, and none that the pattern fits", listing->path);
    case MIM_PATTERN_NONE:
        break;
    }
    return mim_fail(err, MIM_IO, "%.300s: is a directory without images%s%s", listing->path, rest, left_out);
}

static enum mim_status
list_entries(struct listing *listing, struct mim_error *err)
{
    DIR *stream = opendir(listing->directory);
    if (!stream)
        return mim_fail_errno(err, errno, "%.300s", listing->path);
    enum mim_status status = read_directory(listing, stream, err);
    closedir(stream);
    if (status != MIM_OK)
        return status;

    struct mim_series *series = listing->series;
    finish_left_out(listing);
    if (!series->count)
        return fail_empty(listing, err);
    bool numbers = listing->kind == MIM_PATTERN_NUMBERS;
    qsort(series->entries, series->count, sizeof *series->entries, numbers ? by_number : by_name);
    if (numbers)
        note_missing(series);
    return MIM_OK;
}

/* The part of the path before a file's name. */
static char *
show_directory(const struct listing *listing)
{
    char *shown = NULL;
    size_t size = strlen(listing->path);
    if (listing->kind != MIM_PATTERN_NONE)
        return strndup(listing->path, (size_t)(mim_path_file(listing->path) - listing->path));
    bool slash = size && listing->path[size - 1] == '/';
    return asprintf(&shown, "%s%s", listing->path, slash ? "" : "/") < 0 ? NULL : shown;
}

static bool
is_directory(const char *path)
{
    struct stat st;
    return stat(path, &st) == 0 && S_ISDIR(st.st_mode);
}

enum mim_status
mim_series_list(struct mim_series *series, const char *path, const struct mim_series_rules *rules,
                struct mim_error *err)
{
    struct listing listing = { .series = series, .rules = rules, .path = path, .pattern = mim_path_file(path) };
    enum mim_status status = MIM_OK;

    *series = (struct mim_series){ 0 };
    listing.kind = is_directory(path) ? MIM_PATTERN_NONE : mim_path_pattern_kind(path);
    if (listing.kind == MIM_PATTERN_NUMBERS)
        status = mim_path_pattern_parse(&listing.name, path, err);
    if (status == MIM_OK) {
        series->shown = show_directory(&listing);
        listing.directory = listing.kind == MIM_PATTERN_NONE ? strdup(path) : mim_path_directory(path);
        status =
            series->shown && listing.directory ? list_entries(&listing, err) : mim_fail_nomem(err, "a list of files");
    }
    free(listing.directory);
    mim_path_pattern_clear(&listing.name);
    return status;
}

void
mim_series_clear(struct mim_series *series)
{
    for (uint64_t i = 0; i < series->count; i++)
        free(series->entries[i].file);
    free(series->entries);
    free(series->shown);
    *series = (struct mim_series){ 0 };
}

char *
mim_series_path(const struct mim_series *series, uint64_t index)
{
    char *path = NULL;
    return asprintf(&path, "%s%s", series->shown, series->entries[index].file) < 0 ? NULL : path;
}
