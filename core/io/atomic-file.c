/* SPDX-License-Identifier: MIT */
/* Files that appear complete or not at all: nameless until complete, where the file system supports it. */
#include "io/atomic-file.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/random.h>
#include <unistd.h>

#include "io/fd-io.h"
#include "io/rename.h"
#include "io/temporary.h"

#define NAME_TRIES 1000

/* ".NAME.mim-XXXXXX", with NAME shortened at a character boundary where that would be too long. */
void
mim_atomic_file_name(const char *name, char temporary[NAME_MAX + 1])
{
    uint32_t noise = 0;
    if (getrandom(&noise, sizeof noise, GRND_NONBLOCK) != sizeof noise)
        noise = (uint32_t)getpid() * 2654435761u ^ (uint32_t)(uintptr_t)&noise;
    int size = (int)strnlen(name, NAME_MAX - strlen("..mim-XXXXXX"));
    while (size > 0 && ((uint8_t)name[size] & 0xc0) == 0x80)
        size--;
    snprintf(temporary, NAME_MAX + 1, ".%.*s.mim-%06x", size, name, (unsigned)(noise & 0xffffff));
}

/* Creates a file under a temporary name: its descriptor, or minus errno. */
static int
create_named(struct mim_atomic_file *file, const char *name, mode_t mode)
{
    for (int i = 0; i < NAME_TRIES; i++) {
        mim_atomic_file_name(name, file->temporary);
        int flags = O_RDWR | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC;
        int fd = openat(file->directory, file->temporary, flags, mode);
        if (fd >= 0) {
            file->listed = mim_temporary_add(file->directory, file->temporary);
            return fd;
        }
        if (errno != EEXIST && errno != EINTR)
            break;
    }
    file->temporary[0] = '\0';
    return -errno;
}

static void
path_of_descriptor(int fd, char path[32])
{
    snprintf(path, 32, "/proc/self/fd/%d", fd);
}

/* Creates a nameless file, which vanishes even after SIGKILL; -1 where it could not be linked later. */
static int
create_nameless(const struct mim_atomic_file *file, mode_t mode)
{
    int fd = openat(file->directory, ".", O_TMPFILE | O_RDWR | O_CLOEXEC, mode);
    char path[32];
    path_of_descriptor(fd, path);
    if (fd >= 0 && access(path, F_OK) != 0) {
        close(fd);
        return -1;
    }
    return fd;
}

int
mim_atomic_file_create(struct mim_atomic_file *file, const char *directory, const char *name)
{
    file->directory = open(directory, O_PATH | O_DIRECTORY | O_CLOEXEC);
    if (file->directory < 0)
        return errno;

    file->replaces = fstatat(file->directory, name, &file->old, AT_SYMLINK_NOFOLLOW) == 0 && S_ISREG(file->old.st_mode);
    /* the kernel applies the umask; a replacement stays private until it gets the old file's mode */
    mode_t mode = file->replaces ? S_IRUSR | S_IWUSR : 0666;
    int fd = create_nameless(file, mode);
    if (fd < 0)
        fd = create_named(file, name, mode);
    if (fd < 0) {
        close(file->directory);
        file->directory = -1;
        return -fd;
    }
    file->fd = fd;
    return 0;
}

static void
let_go(struct mim_atomic_file *file)
{
    mim_temporary_drop(file->listed);
    if (file->fd >= 0)
        close(file->fd);
    if (file->directory >= 0)
        close(file->directory);
    file->fd = file->directory = -1;
    file->listed = NULL;
    file->temporary[0] = '\0';
}

void
mim_atomic_file_discard(struct mim_atomic_file *file)
{
    if (*file->temporary)
        unlinkat(file->directory, file->temporary, 0);
    let_go(file);
}

/* A group that cannot be preserved gets only the permissions of others. */
void
mim_atomic_file_keep_mode(int fd, const struct stat *old)
{
    struct stat now;
    mode_t mode = old->st_mode & 0777;
    bool same = fstat(fd, &now) == 0 && now.st_uid == old->st_uid && now.st_gid == old->st_gid;
    if (!same && fchown(fd, old->st_uid, old->st_gid) != 0 && fchown(fd, (uid_t)-1, old->st_gid) != 0)
        mode &= ~(mode_t)070 | (mode & 07) << 3;
    (void)!fchmod(fd, mode); /* FAT and similar file systems have no modes */
}

static void
keep_mode(const struct mim_atomic_file *file)
{
    if (file->replaces)
        mim_atomic_file_keep_mode(file->fd, &file->old);
}

/* Links the nameless file under a temporary name. */
static int
link_temporary(struct mim_atomic_file *file, const char *name, const char *descriptor)
{
    for (int i = 0; i < NAME_TRIES; i++) {
        mim_atomic_file_name(name, file->temporary);
        if (linkat(AT_FDCWD, descriptor, file->directory, file->temporary, AT_SYMLINK_FOLLOW) == 0) {
            file->listed = mim_temporary_add(file->directory, file->temporary);
            return 0;
        }
        if (errno != EEXIST)
            break;
    }
    file->temporary[0] = '\0';
    return errno;
}

static int
copy_bytes(int from, int to, uint64_t size)
{
    char chunk[16384];
    for (uint64_t offset = 0; offset < size;) {
        int64_t n = mim_fd_read_at(from, chunk, sizeof chunk, offset);
        if (n <= 0)
            return n < 0 ? (int)-n : EIO;
        int number = mim_fd_write_at(to, chunk, (uint64_t)n, offset);
        if (number)
            return number;
        offset += (uint64_t)n;
    }
    return 0;
}

/* Where a policy (AppArmor, Landlock) forbids the link, copies the bytes into a named file. */
static int
copy_to_named(struct mim_atomic_file *file, const char *name, uint64_t size, bool sync)
{
    struct stat st;
    if (fstat(file->fd, &st) != 0)
        return errno;
    int to = create_named(file, name, st.st_mode & 0777);
    if (to < 0)
        return -to;
    int number = copy_bytes(file->fd, to, size);
    close(file->fd);
    file->fd = to;
    keep_mode(file);
    return number ? number : mim_fd_settle(to, sync);
}

/* Renames the file from its temporary name to its final one. */
static int
rename_temporary(const struct mim_atomic_file *file, const char *name, bool keep_existing)
{
    int at = file->directory;
    if (keep_existing)
        return mim_rename_new(at, file->temporary, at, name);
    return renameat(at, file->temporary, at, name) == 0 ? 0 : errno;
}

static int
give_name(struct mim_atomic_file *file, const char *name, uint64_t size, bool keep_existing, bool sync)
{
    if (*file->temporary)
        return rename_temporary(file, name, keep_existing);

    char descriptor[32];
    path_of_descriptor(file->fd, descriptor);
    if (linkat(AT_FDCWD, descriptor, file->directory, name, AT_SYMLINK_FOLLOW) == 0)
        return 0;
    int number = errno;
    if (number == EEXIST && keep_existing)
        return EEXIST;
    if (number == EEXIST)
        number = link_temporary(file, name, descriptor);
    if (number)
        number = copy_to_named(file, name, size, sync);
    return number ? number : rename_temporary(file, name, keep_existing);
}

int
mim_atomic_file_publish(struct mim_atomic_file *file, const char *name, uint64_t size, bool keep_existing, bool sync)
{
    keep_mode(file);
    int number = mim_fd_settle(file->fd, sync);
    if (!number)
        number = give_name(file, name, size, keep_existing, sync);
    if (number)
        return number;
    if (sync)
        mim_fd_sync_directory(file->directory);
    let_go(file);
    return 0;
}
