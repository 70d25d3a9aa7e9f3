/* SPDX-License-Identifier: MIT */
/* Lists the files of a series: reads a directory, sorts matching files, notes gaps and skipped files. */
#include "series/series-list-priv.h"

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

#define MAX_GAPS_SHOWN 4
#define MAX_LEFT_OUT_SHOWN 3

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

/* `file` is the name in the directory; `is_hidden`: the whole of a directory leaves it out silently. */
enum mim_series_verdict
mim_series_judge(const struct mim_series_listing *listing, const char *file, bool is_hidden, uint64_t *number)
{
    const struct mim_series_rules *rules = listing->rules;
    *number = 0;
    switch (listing->kind) {
    case MIM_PATTERN_NUMBERS:
        if (!mim_path_pattern_number(&listing->name, file, number))
            return MIM_SERIES_NO_PART;
        break;
    case MIM_PATTERN_GLOB:
        if (fnmatch(listing->pattern, file, FNM_PERIOD) != 0)
            return MIM_SERIES_NO_PART;
        break;
    case MIM_PATTERN_NONE:
        if (is_hidden)
            return MIM_SERIES_NO_PART;
        if (!rules->belongs(rules->user, file))
            return MIM_SERIES_LEFT_OUT;
        break;
    }
    return MIM_SERIES_PART;
}

static enum mim_series_verdict
judge_entry(const struct mim_series_listing *listing, int directory, const struct dirent *entry, uint64_t *number)
{
    enum mim_series_verdict verdict = mim_series_judge(listing, entry->d_name, *entry->d_name == '.', number);
    return verdict == MIM_SERIES_PART && !may_be_file(directory, entry) ? MIM_SERIES_LEFT_OUT : verdict;
}

void
mim_series_leave_out(struct mim_series_listing *listing, const char *file)
{
    char *text = listing->series->left_out;
    size_t used = strlen(text), size = sizeof listing->series->left_out;
    if (listing->left_out++ < MAX_LEFT_OUT_SHOWN)
        snprintf(text + used, size - used, "%s%.40s", used ? ", " : "", file);
}

enum mim_status
mim_series_add(struct mim_series_listing *listing, const struct mim_series_entry *entry, struct mim_error *err)
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
    char *copy = strdup(entry->file);
    if (!copy)
        return mim_fail_nomem(err, "a list of files");
    series->entries[series->count] = *entry;
    series->entries[series->count++].file = copy;
    return MIM_OK;
}

static enum mim_status
read_directory(struct mim_series_listing *listing, DIR *stream, struct mim_error *err)
{
    for (;;) {
        errno = 0;
        struct dirent *entry = readdir(stream);
        if (!entry && errno)
            return mim_fail_errno(err, errno, "%.300s", listing->directory);
        if (!entry)
            return MIM_OK;

        struct mim_series_entry found = { .file = entry->d_name };
        enum mim_series_verdict verdict = judge_entry(listing, dirfd(stream), entry, &found.number);
        enum mim_status status = verdict == MIM_SERIES_PART ? mim_series_add(listing, &found, err) : MIM_OK;
        if (status != MIM_OK)
            return status;
        if (verdict == MIM_SERIES_LEFT_OUT)
            mim_series_leave_out(listing, entry->d_name);
    }
}

static int
by_name(const void *one, const void *other)
{
    const struct mim_series_entry *a = one, *b = other;
    int order = mim_path_pattern_order(a->file, b->file);
    return order ? order : (a->member > b->member) - (a->member < b->member);
}

static int
by_number(const void *one, const void *other)
{
    const struct mim_series_entry *a = one, *b = other;
    return a->number != b->number ? (a->number < b->number ? -1 : 1) : (a->member > b->member) - (a->member < b->member);
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
finish_left_out(struct mim_series_listing *listing)
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
fail_empty(const struct mim_series_listing *listing, struct mim_error *err)
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
    if (listing->is_archive) /* whose name the caller adds */
        return mim_fail(err, MIM_IO, "an archive without images%s%s", rest, left_out);
    return mim_fail(err, MIM_IO, "%.300s: is a directory without images%s%s", listing->path, rest, left_out);
}

enum mim_status
mim_series_settle(struct mim_series_listing *listing, struct mim_error *err)
{
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

static enum mim_status
list_entries(struct mim_series_listing *listing, struct mim_error *err)
{
    DIR *stream = opendir(listing->directory);
    if (!stream)
        return mim_fail_errno(err, errno, "%.300s", listing->path);
    enum mim_status status = read_directory(listing, stream, err);
    closedir(stream);
    return status == MIM_OK ? mim_series_settle(listing, err) : status;
}

/* The part of the path before a file's name. */
char *
mim_series_show(const struct mim_series_listing *listing)
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
    struct mim_series_listing listing = { .series = series, .rules = rules, .path = path, .pattern = mim_path_file(path) };
    enum mim_status status = MIM_OK;

    *series = (struct mim_series){ 0 };
    listing.kind = is_directory(path) ? MIM_PATTERN_NONE : mim_path_pattern_kind(path);
    if (listing.kind == MIM_PATTERN_NUMBERS)
        status = mim_path_pattern_parse(&listing.name, path, err);
    if (status == MIM_OK) {
        series->shown = mim_series_show(&listing);
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
