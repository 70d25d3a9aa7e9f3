/* SPDX-License-Identifier: MIT */
/* A temporary directory with files in it, for tests of what lies in directories. */
#ifndef MIM_TESTS_TREE_H
#define MIM_TESTS_TREE_H

#include <fcntl.h>
#include <ftw.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include "check.h"

/* A path in one of many buffers that take turns. */
static inline const char *
tree_path(const char *directory, const char *name)
{
    static char paths[64][512];
    static unsigned turn;
    char path[512]; /* `directory` may be one of them */
    snprintf(path, sizeof path, "%s/%s", directory, name);
    return strcpy(paths[turn++ % 64], path);
}

static inline char *
tree_make(void)
{
    char *path = strdup("/tmp/mim-test-XXXXXX");
    CHECK(path && mkdtemp(path));
    return path;
}

static inline int
tree_remove_one(const char *path, const struct stat *facts, int type, struct FTW *ftw)
{
    (void)facts, (void)type, (void)ftw;
    return remove(path);
}

static inline void
tree_remove(char *directory)
{
    nftw(directory, tree_remove_one, 16, FTW_DEPTH | FTW_PHYS);
    free(directory);
}

/* Whatever the umask says, nobody else may write to it. */
static inline void
tree_write_bytes(const char *directory, const char *name, const void *data, size_t size)
{
    int fd = open(tree_path(directory, name), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0644);
    CHECK(fd >= 0 && !fchmod(fd, 0644));
    CHECK(write(fd, data, size) == (ssize_t)size);
    close(fd);
}

static inline void
tree_write(const char *directory, const char *name, const char *text)
{
    tree_write_bytes(directory, name, text, strlen(text));
}

static inline const char *
tree_subdirectory(const char *directory, const char *name)
{
    const char *path = tree_path(directory, name);
    CHECK(!mkdir(path, 0755) && !chmod(path, 0755));
    return path;
}

/* The first `most` bytes of a file. */
static inline void
tree_copy(const char *directory, const char *name, const char *from, size_t most)
{
    char *data = malloc(most);
    int fd = open(from, O_RDONLY | O_CLOEXEC);
    CHECK(data && fd >= 0);
    ssize_t size = read(fd, data, most);
    close(fd);
    CHECK(size > 0);
    tree_write_bytes(directory, name, data, (size_t)size);
    free(data);
}

#endif
