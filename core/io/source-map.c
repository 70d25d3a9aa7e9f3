/* SPDX-License-Identifier: MIT */
/* Private mappings of regular files. */
#include "io/source-map.h"

#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/size.h"
#include "io/source-priv.h"

/* Checks the length last of all, because touching pages beyond the end raises SIGBUS. */
static bool
is_long_enough(int fd, uint64_t end)
{
    struct stat st;
    return fd >= 0 && fstat(fd, &st) == 0 && S_ISREG(st.st_mode) && (uint64_t)st.st_size >= end;
}

bool
mim_source_map(struct mim_source *source, uint64_t offset, uint64_t size, struct mim_mapping *out)
{
    uint64_t page = (uint64_t)sysconf(_SC_PAGESIZE), first = offset / page * page, end = 0;
    if (size == 0 || !mim_size_add(offset, size, &end) || end > INT64_MAX || end - first > PTRDIFF_MAX ||
        !is_long_enough(source->fd, end))
        return false;

    void *mapping = mmap(NULL, (size_t)(end - first), PROT_READ | PROT_WRITE, MAP_PRIVATE, source->fd, (off_t)first);
    if (mapping == MAP_FAILED)
        return false;
    *out = (struct mim_mapping){ .address = mapping, .size = end - first, .start = offset - first };
    return true;
}
