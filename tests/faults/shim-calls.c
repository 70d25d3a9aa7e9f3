/* SPDX-License-Identifier: MIT */
/* Makes system calls fail on request. */
#undef _FILE_OFFSET_BITS /* both names of each call are defined here */
#include "faults.h"

#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <signal.h>
#include <stdarg.h>
#include <stdatomic.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

static struct fault_plan plan;
static atomic_long seen;

void
fault_calls_plan(const struct fault_plan *wanted)
{
    static const struct fault_plan none;
    plan = wanted ? *wanted : none;
    atomic_store(&seen, 0);
}

long
fault_calls_seen(void)
{
    return atomic_load(&seen);
}

/* Returns whether the descriptor is a file below the directory, which may have no name. */
static bool
is_below(int fd)
{
    char link[40], path[PATH_MAX];
    snprintf(link, sizeof link, "/proc/self/fd/%d", fd);
    ssize_t size = readlink(link, path, sizeof path);
    size_t length = strlen(plan.directory);
    return size > (ssize_t)length && !strncmp(path, plan.directory, length) && path[length] == '/';
}

static bool
is_regular(int fd)
{
    struct stat st;
    return !fstat(fd, &st) && S_ISREG(st.st_mode);
}

/* Returns whether this call must fail. Sends the planned signal, after which the call proceeds. */
static bool
goes_wrong(enum fault_call call)
{
    long number = atomic_fetch_add(&seen, 1);
    if (number < plan.at || (number > plan.at && !plan.for_ever))
        return false;
    if (plan.kind == FAULT_KILL)
        kill(getpid(), SIGKILL);
    if (plan.kind == FAULT_INTERRUPT) {
        kill(getpid(), SIGINT);
        return false;
    }
    errno = plan.number;
    return plan.call == call;
}

static bool
fails(enum fault_call call, int fd)
{
    int number = errno;
    bool failed = plan.call == call && is_below(fd) && goes_wrong(call);
    if (!failed)
        errno = number;
    return failed;
}

#define NEXT(type, name, ...) \
    static type (*next)(__VA_ARGS__); \
    if (!next) \
    *(void **)&next = dlsym(RTLD_NEXT, #name)

static size_t
shortened(size_t size)
{
    return size > 3 ? size / 2 - 1 : 1;
}

/* Calls the real function, or returns the result of the planned failure. The other arguments are those of the call. */
#define TRANSFER(name, call, data_type, parameters, ...) \
    ssize_t name parameters \
    { \
        NEXT(ssize_t, name, int, data_type, size_t PARAMETER_##__VA_ARGS__); \
        if (!fails(call, fd) || !size) \
            return next(fd, data, size ARGUMENT_##__VA_ARGS__); \
        if (plan.kind == FAULT_SHORT) \
            return next(fd, data, shortened(size) ARGUMENT_##__VA_ARGS__); \
        return plan.kind == FAULT_END ? 0 : -1; \
    }
#define PARAMETER_none
#define ARGUMENT_none
#define PARAMETER_offset , off_t
#define ARGUMENT_offset , offset
#define PARAMETER_offset64 , off64_t
#define ARGUMENT_offset64 , offset

TRANSFER(read, FAULT_READ, void *, (int fd, void *data, size_t size), none)
TRANSFER(pread, FAULT_READ, void *, (int fd, void *data, size_t size, off_t offset), offset)
TRANSFER(pread64, FAULT_READ, void *, (int fd, void *data, size_t size, off64_t offset), offset64)
TRANSFER(write, FAULT_WRITE, const void *, (int fd, const void *data, size_t size), none)
TRANSFER(pwrite, FAULT_WRITE, const void *, (int fd, const void *data, size_t size, off_t offset), offset)
TRANSFER(pwrite64, FAULT_WRITE, const void *, (int fd, const void *data, size_t size, off64_t offset), offset64)

int
fsync(int fd)
{
    NEXT(int, fsync, int);
    return fails(FAULT_SYNC, fd) ? -1 : next(fd);
}

int
fchmod(int fd, mode_t mode)
{
    NEXT(int, fchmod, int, mode_t);
    return fails(FAULT_MODE, fd) ? -1 : next(fd, mode);
}

#define TRUNCATE(name, offset_type) \
    int name(int fd, offset_type size) \
    { \
        NEXT(int, name, int, offset_type); \
        return fails(FAULT_TRUNCATE, fd) ? -1 : next(fd, size); \
    }
TRUNCATE(ftruncate, off_t)
TRUNCATE(ftruncate64, off64_t)

/* A failing close closes the descriptor, as in the kernel. */
int
close(int fd)
{
    NEXT(int, close, int);
    bool failed = plan.call == FAULT_CLOSE && is_regular(fd) && fails(FAULT_CLOSE, fd);
    int result = next(fd);
    if (failed)
        errno = plan.number;
    return failed ? -1 : result;
}

static mode_t
mode_of(int flags, va_list more)
{
    return flags & O_CREAT || (flags & O_TMPFILE) == O_TMPFILE ? va_arg(more, mode_t) : 0;
}

#define OPENAT(name) \
    int name(int at, const char *path, int flags, ...) \
    { \
        NEXT(int, name, int, const char *, int, ...); \
        va_list more; \
        va_start(more, flags); \
        mode_t mode = mode_of(flags, more); \
        va_end(more); \
        bool creates = flags & O_CREAT || (flags & O_TMPFILE) == O_TMPFILE; \
        return creates && plan.call == FAULT_OPEN && goes_wrong(FAULT_OPEN) ? -1 : next(at, path, flags, mode); \
    }
OPENAT(openat)
OPENAT(openat64)

int
linkat(int from_at, const char *from, int to_at, const char *to, int flags)
{
    NEXT(int, linkat, int, const char *, int, const char *, int);
    bool failed = plan.call == FAULT_LINK && goes_wrong(FAULT_LINK);
    return failed ? -1 : next(from_at, from, to_at, to, flags);
}

int
renameat(int from_at, const char *from, int to_at, const char *to)
{
    NEXT(int, renameat, int, const char *, int, const char *);
    bool failed = plan.call == FAULT_RENAME && goes_wrong(FAULT_RENAME);
    return failed ? -1 : next(from_at, from, to_at, to);
}

int
renameat2(int from_at, const char *from, int to_at, const char *to, unsigned flags)
{
    NEXT(int, renameat2, int, const char *, int, const char *, unsigned);
    bool failed = plan.call == FAULT_RENAME && goes_wrong(FAULT_RENAME);
    return failed ? -1 : next(from_at, from, to_at, to, flags);
}
