/* SPDX-License-Identifier: MIT */
/* Checks that a file is a complete shared object for this machine. */
#include "registry/elf-check.h"

#include <elf.h>
#include <link.h>
#include <stdbool.h>
#include <string.h>

#include "base/error.h"
#include "base/size.h"
#include "io/fd-io.h"

/* The ELF header of this very object, provided by the linker: it identifies the machine. */
extern const ElfW(Ehdr) __ehdr_start __attribute__((visibility("hidden")));

static enum mim_status
fail_short(const char *path, struct mim_error *err)
{
    return mim_fail(err, MIM_BROKEN_PLUGIN, "%s is cut short", path);
}

static enum mim_status
read_whole(int fd, void *into, size_t size, uint64_t offset, const char *path, struct mim_error *err)
{
    int64_t got = mim_fd_read_at(fd, into, size, offset);
    if (got < 0)
        return mim_fail(err, MIM_BROKEN_PLUGIN, "%s: %s", path, strerror((int)-got));
    return (uint64_t)got == size ? MIM_OK : fail_short(path, err);
}

/* The fault of the header, or NULL. */
static const char *
header_fault(const ElfW(Ehdr) * header)
{
    const ElfW(Ehdr) *own = &__ehdr_start;
    if (memcmp(header->e_ident, ELFMAG, SELFMAG))
        return "is not a shared object";
    if (header->e_ident[EI_CLASS] != own->e_ident[EI_CLASS])
        return own->e_ident[EI_CLASS] == ELFCLASS64 ? "is not a 64-bit module" : "is not a 32-bit module";
    if (header->e_ident[EI_DATA] != own->e_ident[EI_DATA] || header->e_machine != own->e_machine)
        return "is built for another processor";
    if (header->e_type != ET_DYN || header->e_phentsize != sizeof(ElfW(Phdr)))
        return "is not a shared object";
    return NULL;
}

/* Linkers write the section table last: a file without it is truncated. */
static bool
sections_whole(const ElfW(Ehdr) * header, uint64_t size)
{
    uint64_t end;
    return !header->e_shoff ||
           (mim_size_add(header->e_shoff, (uint64_t)header->e_shnum * header->e_shentsize, &end) && end <= size);
}

/* Every segment that the dynamic loader maps must be in the file. */
static bool
segment_whole(const ElfW(Phdr) * segment, uint64_t size)
{
    uint64_t end;
    return segment->p_type != PT_LOAD || (mim_size_add(segment->p_offset, segment->p_filesz, &end) && end <= size);
}

static enum mim_status
check_segments(int fd, const ElfW(Ehdr) * header, uint64_t size, const char *path, struct mim_error *err)
{
    ElfW(Phdr) segments[16];
    unsigned some;
    for (unsigned i = 0; i < header->e_phnum; i += some) {
        uint64_t offset = header->e_phoff + (uint64_t)i * sizeof *segments;
        some = header->e_phnum - i < 16u ? header->e_phnum - i : 16;
        if (offset < header->e_phoff || offset > size)
            return fail_short(path, err);
        enum mim_status status = read_whole(fd, segments, some * sizeof *segments, offset, path, err);
        if (status != MIM_OK)
            return status;
        for (unsigned k = 0; k < some; k++)
            if (!segment_whole(&segments[k], size))
                return fail_short(path, err);
    }
    return MIM_OK;
}

enum mim_status
mim_elf_check(int fd, uint64_t size, const char *path, struct mim_error *err)
{
    ElfW(Ehdr) header = { 0 };
    size_t ident = size < sizeof header ? (size_t)size : sizeof header;
    enum mim_status status = read_whole(fd, &header, ident, 0, path, err);
    if (status != MIM_OK)
        return status;

    const char *why = header_fault(&header);
    if (why && (size >= sizeof header || memcmp(header.e_ident, ELFMAG, SELFMAG)))
        return mim_fail(err, MIM_BROKEN_PLUGIN, "%s %s", path, size ? why : "is empty");
    if (size < sizeof header)
        return fail_short(path, err);

    status = check_segments(fd, &header, size, path, err);
    return status != MIM_OK || sections_whole(&header, size) ? status : fail_short(path, err);
}
