/* SPDX-License-Identifier: MIT */
/* Plain samples used where they lie: a mapping for each frame, so that none sees what was written into another, and
 * each goes when its frame does. */
#include "io/source-map.h"

#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include "frame/buffer.h"
#include "base/size.h"
#include "io/source-priv.h"

/* Beyond a file's end lies SIGBUS; this is the last look before. */
static bool
holds(int fd, uint64_t end)
{
    struct stat st;
    return fd >= 0 && fstat(fd, &st) == 0 && S_ISREG(st.st_mode) && (uint64_t)st.st_size >= end;
}

struct mim_buffer *
mim_source_map(struct mim_source *source, uint64_t offset, uint64_t size)
{
    uint64_t page = (uint64_t)sysconf(_SC_PAGESIZE), first = offset / page * page, end = 0;
    if (size == 0 || !mim_size_add(offset, size, &end) || end > INT64_MAX || end - first > PTRDIFF_MAX ||
        !holds(source->fd, end))
        return NULL;

    void *mapping = mmap(NULL, (size_t)(end - first), PROT_READ | PROT_WRITE, MAP_PRIVATE, source->fd, (off_t)first);
    if (mapping == MAP_FAILED)
        return NULL;
    struct mim_buffer *buffer = mim_buffer_of_mapping(mapping, end - first, offset - first);
    if (!buffer)
        munmap(mapping, (size_t)(end - first));
    return buffer;
}
