/* SPDX-License-Identifier: MIT */
/* Names of the files of a series. */
#include "io/path-pattern.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "base/error.h"
#include "base/number.h"

#define MOST_DIGITS 18 /* digits of a number that always fits an int64_t */

char *
mim_path_directory(const char *path)
{
    size_t size = (size_t)(mim_path_file(path) - path);
    if (size == 0)
        return strdup(".");
    return strndup(path, size > 1 ? size - 1 : 1);
}

const char *
mim_path_file(const char *path)
{
    const char *slash = strrchr(path, '/');
    return slash ? slash + 1 : path;
}

size_t
mim_path_archive(const char *path)
{
    char copy[PATH_MAX], *slash; /* a longer path has no file */
    struct stat st;
    if (strlen(path) >= sizeof copy)
        return 0;
    strcpy(copy, path);
    while ((slash = strrchr(copy, '/')) && slash > copy) {
        *slash = '\0';
        if (stat(copy, &st) == 0 && S_ISREG(st.st_mode))
            return strlen(copy);
    }
    return 0;
}

size_t
mim_path_archive_target(const char *path)
{
    struct stat st;
    char archive[PATH_MAX];
    size_t length = (size_t)(mim_path_file(path) - path);
    if (length < 2 || length > sizeof archive || mim_path_pattern_kind(path) != MIM_PATTERN_NUMBERS)
        return 0;
    snprintf(archive, length, "%s", path);
    if (strchr(mim_path_file(archive), '.') <= mim_path_file(archive))
        return 0;
    return (stat(archive, &st) == 0 ? S_ISREG(st.st_mode) : errno == ENOENT) ? length - 1 : 0;
}

/* Length of a "%d" or "%0Nd" at the start of `text`, or 0. */
static size_t
conversion_size(const char *text, unsigned *digits)
{
    if (*text != '%')
        return 0;
    size_t size = 1;
    *digits = 1;
    if (text[size] == '0') {
        size_t zeros = strspn(text + size, "0"), more = strspn(text + size + zeros, "0123456789");
        if (!more || more > 2)
            return 0;
        *digits = (unsigned)strtoul(text + size + zeros, NULL, 10);
        size += zeros + more;
    }
    return text[size] == 'd' ? size + 1 : 0;
}

/* The first "%d" or "%0Nd" in a name, or NULL. */
static const char *
find_conversion(const char *file, size_t *size, unsigned *digits)
{
    for (const char *at = strchr(file, '%'); at; at = strchr(at, '%')) {
        *size = conversion_size(at, digits);
        if (*size)
            return at;
        at += at[1] == '%' ? 2 : 1;
    }
    return NULL;
}

enum mim_path_pattern_kind
mim_path_pattern_kind(const char *path)
{
    const char *file = mim_path_file(path);
    size_t size;
    unsigned digits;
    if (find_conversion(file, &size, &digits))
        return MIM_PATTERN_NUMBERS;
    return strpbrk(file, "*?[") ? MIM_PATTERN_GLOB : MIM_PATTERN_NONE;
}

/* Copies the text with %% replaced by %. NULL: no memory. */
static char *
copy_literal(const char *text, size_t size)
{
    char *copy = strndup(text, size), *to = copy;
    for (const char *from = copy; from && *from; from++) {
        from += from[0] == '%' && from[1] == '%';
        *to++ = *from;
    }
    if (copy)
        *to = '\0';
    return copy;
}

enum mim_status
mim_path_pattern_parse(struct mim_path_pattern *name, const char *path, struct mim_error *err)
{
    size_t size, another_size;
    unsigned another;
    const char *file = mim_path_file(path), *at;

    *name = (struct mim_path_pattern){ 0 };
    at = find_conversion(file, &size, &name->digits);
    if (!at)
        return mim_fail(err, MIM_ARGUMENT, "%.300s: has no place for a number, as in frame_%%03d", path);
    if (find_conversion(at + size, &another_size, &another))
        return mim_fail(err, MIM_ARGUMENT, "%.300s: has places for two numbers; %%%% stands for a percent sign", path);

    name->directory = mim_path_directory(path);
    name->shown = strndup(path, (size_t)(file - path));
    name->prefix = copy_literal(file, (size_t)(at - file));
    name->suffix = copy_literal(at + size, strlen(at + size));
    return name->directory && name->shown && name->prefix && name->suffix ? MIM_OK : mim_fail_nomem(err, "a file name");
}

void
mim_path_pattern_clear(struct mim_path_pattern *name)
{
    free(name->directory);
    free(name->shown);
    free(name->prefix);
    free(name->suffix);
    *name = (struct mim_path_pattern){ 0 };
}

bool
mim_path_pattern_make(const struct mim_path_pattern *name, uint64_t n, char file[NAME_MAX + 1])
{
    int size = snprintf(file, NAME_MAX + 1, "%s%0*llu%s", name->prefix, (int)name->digits, (unsigned long long)n,
                        name->suffix);
    return size >= 0 && size <= NAME_MAX;
}

bool
mim_path_pattern_number(const struct mim_path_pattern *name, const char *file, uint64_t *n)
{
    size_t before = strlen(name->prefix), after = strlen(name->suffix), size = strlen(file);
    if (size <= before + after || strncmp(file, name->prefix, before) || strcmp(file + size - after, name->suffix))
        return false;

    const char *digits = file + before;
    size_t count = size - before - after, zeros = strspn(digits, "0");
    if (strspn(digits, "0123456789") < count || count < name->digits || (zeros && count > name->digits))
        return false;
    if (count - (zeros < count ? zeros : count) > MOST_DIGITS)
        return false;
    *n = 0;
    for (size_t i = 0; i < count; i++)
        *n = *n * 10 + (uint64_t)(digits[i] - '0');
    return true;
}

/* Compares runs of digits as numbers of any length; advances *a and *b past them. */
static int
compare_numbers(const char **a, const char **b)
{
    *a += strspn(*a, "0");
    *b += strspn(*b, "0");
    size_t a_size = strspn(*a, "0123456789"), b_size = strspn(*b, "0123456789");
    int order = a_size != b_size ? (a_size < b_size ? -1 : 1) : strncmp(*a, *b, a_size);
    *a += a_size;
    *b += b_size;
    return order;
}

int
mim_path_pattern_order(const char *a, const char *b)
{
    const char *at = a, *bt = b;
    while (*at && *bt) {
        if (mim_is_digit(*at) && mim_is_digit(*bt)) {
            int order = compare_numbers(&at, &bt);
            if (order)
                return order;
            continue;
        }
        if (*at != *bt)
            break;
        at++, bt++;
    }
    if (*at != *bt)
        return (unsigned char)*at < (unsigned char)*bt ? -1 : 1;
    return strcmp(a, b); /* 1 and 01 */
}

void
mim_path_pattern_suggest(const char *path, char *text, size_t size)
{
    const char *file = mim_path_file(path), *star = strchr(file, '*'), *dot = strrchr(file, '.');
    const char *end = path + strlen(path);
    if (star)
        snprintf(text, size, "%.*s%%03d%s", (int)(star - path), path, star + strspn(star, "*"));
    else if (dot && dot != file)
        snprintf(text, size, "%.*s_%%03d%s", (int)(dot - path), path, dot);
    else
        snprintf(text, size, "%.*s_%%03d", (int)(end - path), path);
}
