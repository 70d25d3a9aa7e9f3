/* SPDX-License-Identifier: MIT */
/* A journal is a list of "FRESH OLD NAME" that end with NUL, since names may contain anything else, and an empty one at the end. */
#include "io/staging-journal.h"

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "io/fd-io.h"
#include "io/staging.h"

/* No file of a series has these names: theirs contain a number. */
#define JOURNAL ".journal"
#define TURNED_BACK ".undo"

static int
create_file(const struct mim_staging *staging, const char *name)
{
    int flags = O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC;
    return openat(staging->temporary, name, flags, S_IRUSR | S_IWUSR);
}

int
mim_journal_open(const struct mim_staging *staging, FILE **journal)
{
    int fd = create_file(staging, JOURNAL);
    *journal = fd < 0 ? NULL : fdopen(fd, "w");
    if (*journal)
        return 0;
    int number = errno;
    if (fd >= 0)
        close(fd);
    return number;
}

int
mim_journal_add(const struct mim_staging *staging, FILE *journal, const char *name)
{
    struct stat fresh, old = { .st_ino = 0 };
    if (fstatat(staging->temporary, name, &fresh, AT_SYMLINK_NOFOLLOW) != 0 ||
        (fstatat(staging->directory, name, &old, AT_SYMLINK_NOFOLLOW) != 0 && errno != ENOENT))
        return errno;
    int size = fprintf(journal, "%ju %ju %s%c", (uintmax_t)fresh.st_ino, (uintmax_t)old.st_ino, name, '\0');
    return size < 0 ? errno : 0;
}

int
mim_journal_close(FILE *journal, bool sync)
{
    int number = putc('\0', journal) == EOF || fflush(journal) != 0 ? errno : 0;
    if (!number)
        number = mim_fd_settle(fileno(journal), sync);
    fclose(journal);
    return number;
}

void
mim_journal_turn_back(const struct mim_staging *staging)
{
    int fd = create_file(staging, TURNED_BACK);
    if (fd >= 0)
        close(fd);
}

void
mim_journal_remove(const struct mim_staging *staging)
{
    unlinkat(staging->temporary, JOURNAL, 0);
    unlinkat(staging->temporary, TURNED_BACK, 0);
}

bool
mim_journal_load(const struct mim_staging *staging, char **text, size_t *size, bool *is_undone)
{
    struct stat st;
    int fd = openat(staging->temporary, JOURNAL, O_RDONLY | O_NOFOLLOW | O_CLOEXEC);
    bool is_there = fd >= 0 && fstat(fd, &st) == 0 && S_ISREG(st.st_mode) && st.st_size > 1;
    *text = is_there ? malloc((size_t)st.st_size) : NULL;
    *size = is_there ? (size_t)st.st_size : 0;
    bool is_read = *text && mim_fd_read_at(fd, *text, *size, 0) == (int64_t)*size;
    if (fd >= 0)
        close(fd);
    if (is_read && !(*text)[*size - 1] && !(*text)[*size - 2]) {
        *is_undone = faccessat(staging->temporary, TURNED_BACK, F_OK, AT_SYMLINK_NOFOLLOW) == 0;
        return true;
    }
    free(*text);
    *text = NULL;
    return false;
}

bool
mim_journal_next(const char *text, size_t size, size_t *at, struct mim_journal_entry *entry)
{
    uintmax_t fresh, old;
    int name = 0;
    if (*at >= size || sscanf(text + *at, "%ju %ju %n", &fresh, &old, &name) < 2 || !name)
        return false;
    *entry = (struct mim_journal_entry){ (ino_t)fresh, (ino_t)old, text + *at + name };
    *at += strlen(text + *at) + 1;
    return *entry->name && !strchr(entry->name, '/');
}
