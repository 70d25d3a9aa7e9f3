/* SPDX-License-Identifier: MIT */
/* Reads the .ini files of one directory, sorted by name. */
#include "registry/ini-directory.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/error.h"
#include "base/string-list.h"
#include "registry/ini-parser.h"
#include "registry/manifest.h"

/* Excludes NAME.ini~, NAME.ini.dpkg-new and .NAME.ini.swp. */
static bool
is_manifest_name(const char *name)
{
    size_t length = strlen(name);
    return length > 4 && !strcmp(name + length - 4, ".ini") && mim_name_valid(name, length - 4);
}

static int
by_bytes(const void *a, const void *b)
{
    return strcmp(*(char *const *)a, *(char *const *)b);
}

/* A shortage of memory or descriptors is no fault of the file: fails with errno. */
static bool
refuse_errno(const struct mim_ini_directory_visitor *visitor, const char *name, const char *path)
{
    if (mim_is_shortage(errno))
        return false;
    char reason[PATH_MAX + 128];
    snprintf(reason, sizeof reason, "%s: %m", path);
    return visitor->refuse(visitor->user, name, reason);
}

static bool
visit_open(int fd, struct mim_ini_file *file, const struct mim_ini_directory_visitor *visitor)
{
    if (fstat(fd, &file->facts) < 0)
        return refuse_errno(visitor, file->name, file->path);
    if (!S_ISREG(file->facts.st_mode))
        return visitor->file(visitor->user, file);

    char *text = NULL;
    struct mim_error err = { 0 };
    enum mim_status status = mim_ini_read(fd, file->path, &text, &file->size, &err);
    if (status != MIM_OK)
        return status != MIM_NOMEM && visitor->refuse(visitor->user, file->name, err.message);
    file->text = text;
    bool visited = visitor->file(visitor->user, file);
    free(text);
    return visited;
}

static bool
visit_name(int directory, const char *directory_path, const char *name, const struct mim_ini_directory_visitor *visitor)
{
    char path[PATH_MAX];
    if (snprintf(path, sizeof path, "%s/%s", directory_path, name) >= (int)sizeof path)
        return visitor->refuse(visitor->user, name, "a path that is too long");

    /* NONBLOCK: do not wait on a FIFO */
    int fd = openat(directory, name, O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY);
    if (fd < 0)
        return refuse_errno(visitor, name, path);
    bool visited = visit_open(fd, &(struct mim_ini_file){ .name = name, .path = path }, visitor);
    close(fd);
    return visited;
}

static bool
collect_names(DIR *directory, struct mim_string_list *names)
{
    for (struct dirent *entry; (entry = readdir(directory));)
        if (is_manifest_name(entry->d_name) && !mim_string_list_add(names, "%s", entry->d_name))
            return false;
    if (names->count)
        qsort(names->items, names->count, sizeof *names->items, by_bytes);
    return true;
}

bool
mim_ini_directory_read(const char *path, const struct mim_ini_directory_visitor *visitor)
{
    DIR *directory = opendir(path);
    if (!directory)
        return errno == ENOENT || errno == ENOTDIR || refuse_errno(visitor, NULL, path);

    struct stat facts;
    struct mim_string_list names = { 0 };
    bool fine = true;
    if (fstat(dirfd(directory), &facts) < 0) {
        fine = refuse_errno(visitor, NULL, path);
    } else if (!visitor->directory || visitor->directory(visitor->user, path, &facts)) {
        fine = collect_names(directory, &names);
        for (size_t i = 0; fine && i < names.count; i++)
            fine = visit_name(dirfd(directory), path, names.items[i], visitor);
    }
    mim_string_list_clear(&names);
    closedir(directory);
    return fine;
}
