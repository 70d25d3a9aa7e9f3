/* SPDX-License-Identifier: MIT */
/* Names of the files of a series: frame_%03d.EXT, frame_*.EXT, and natural order. */
#ifndef MIM_CORE_IO_PATH_PATTERN_H
#define MIM_CORE_IO_PATH_PATTERN_H

#include <limits.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <mim/error.h>

/* The kind of pattern in the last part of a path, unless a file has that exact name. */
enum mim_path_pattern_kind {
    MIM_PATTERN_NONE,
    MIM_PATTERN_NUMBERS, /* has a %d or %0Nd */
    MIM_PATTERN_GLOB     /* has one of * ? [ */
};
enum mim_path_pattern_kind mim_path_pattern_kind(const char *path);

/* A path with a place for a number: "dir/frame_%03d.EXT". */
struct mim_path_pattern {
    char *directory; /* as a path: "." for none */
    char *shown;     /* prefix of the name: "dir/" or "" */
    char *prefix, *suffix;
    unsigned digits; /* minimum width; 1 for %d */
};

/* ARGUMENT: more than one number. Call mim_path_pattern_clear() also after a failure. */
enum mim_status mim_path_pattern_parse(struct mim_path_pattern *name, const char *path, struct mim_error *err);
void mim_path_pattern_clear(struct mim_path_pattern *name);

/* The file name of number `n`, without its directory. false: too long for a file name. */
bool mim_path_pattern_make(const struct mim_path_pattern *name, uint64_t n, char file[NAME_MAX + 1]);
/* The reverse; false for names that mim_path_pattern_make() never makes. */
bool mim_path_pattern_number(const struct mim_path_pattern *name, const char *file, uint64_t *n);

/* The part before the last slash as a path, "." for none; free() it. NULL: no memory. */
char *mim_path_directory(const char *path);
/* The part after the last slash. */
const char *mim_path_file(const char *path);

/* The length of the part of the path that is a regular file, in which the rest must be; 0: there is none. */
size_t mim_path_archive(const char *path);

/* The length of the part of "out.zip/frame_%03d.ext" that may become an archive: it has an extension and is no directory. 0: there is
 * none. */
size_t mim_path_archive_target(const char *path);

/* strcmp, but runs of digits compare as numbers: frame_2 before frame_10, whatever the locale. A total order. */
int mim_path_pattern_order(const char *a, const char *b);

/* Suggests a series name: "out_%03d.EXT" for "out.EXT" and for "out_*.EXT". */
void mim_path_pattern_suggest(const char *path, char *text, size_t size);

#endif
