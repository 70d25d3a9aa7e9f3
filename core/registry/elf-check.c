/* SPDX-License-Identifier: MIT */
/* Checks that a file is a complete shared object for this machine, and finds the note of a plugin in it. */
#include "registry/elf-check.h"

#include <elf.h>
#include <link.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include <mim/kit/entry.h>

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

/* Every segment that the dynamic loader maps must be in the file, and those that are read here. */
static bool
segment_whole(const ElfW(Phdr) * segment, uint64_t size)
{
    uint64_t end;
    return (segment->p_type != PT_LOAD && segment->p_type != PT_NOTE) || (mim_size_add(segment->p_offset, segment->p_filesz, &end) && end <= size);
}

/* All notes of a module have some 200 bytes; segments of more have none of a plugin. */
enum { MAX_NOTES = 65536 };

struct module {
    int fd;
    uint64_t size;
    const char *path;
    char **note;
};

static uint64_t
round_up(uint64_t value, uint64_t align)
{
    return (value + align - 1) & ~(align - 1);
}

/* The text of a note of ours, or NULL. Sizes that exceed the segment end the search. */
static const char *
find_text(const uint8_t *data, uint64_t size, uint64_t align, uint64_t *length)
{
    ElfW(Nhdr) head;
    for (uint64_t at = 0, next; at < size && size - at >= sizeof head; at = next) {
        memcpy(&head, data + at, sizeof head);
        uint64_t owner = at + sizeof head, text = round_up(owner + head.n_namesz, align), end = text + head.n_descsz;
        if (end > size)
            return NULL;
        next = round_up(end, align);
        *length = head.n_descsz;
        if (head.n_type == MIM_NOTE_TYPE && head.n_namesz == sizeof MIM_NOTE_OWNER &&
            !memcmp(data + owner, MIM_NOTE_OWNER, sizeof MIM_NOTE_OWNER))
            return (const char *)data + text;
    }
    return NULL;
}

static enum mim_status
take_notes(const struct module *module, const uint8_t *data, uint64_t size, uint64_t align, struct mim_error *err)
{
    uint64_t length;
    const char *text = find_text(data, size, align, &length);
    if (!text)
        return MIM_OK;
    if (!length || memchr(text, '\0', (size_t)length) != text + length - 1)
        return mim_fail(err, MIM_BROKEN_PLUGIN, "%s: its note is not a text", module->path);
    *module->note = strdup(text);
    return *module->note ? MIM_OK : mim_fail_nomem(err, module->path);
}

static enum mim_status
read_notes(const struct module *module, const ElfW(Phdr) * segment, struct mim_error *err)
{
    if (*module->note || segment->p_filesz > MAX_NOTES)
        return MIM_OK;
    size_t size = (size_t)segment->p_filesz;
    uint8_t *data = malloc(size + 1);
    if (!data)
        return mim_fail_nomem(err, module->path);
    enum mim_status status = read_whole(module->fd, data, size, segment->p_offset, module->path, err);
    if (status == MIM_OK)
        status = take_notes(module, data, size, segment->p_align == 8 ? 8 : 4, err);
    free(data);
    return status;
}

static enum mim_status
check_segments(const struct module *module, const ElfW(Ehdr) * header, struct mim_error *err)
{
    ElfW(Phdr) segments[16];
    unsigned some;
    for (unsigned i = 0; i < header->e_phnum; i += some) {
        uint64_t offset = header->e_phoff + (uint64_t)i * sizeof *segments;
        some = header->e_phnum - i < 16u ? header->e_phnum - i : 16;
        if (offset < header->e_phoff || offset > module->size)
            return fail_short(module->path, err);
        enum mim_status status = read_whole(module->fd, segments, some * sizeof *segments, offset, module->path, err);
        for (unsigned k = 0; status == MIM_OK && k < some; k++) {
            if (!segment_whole(&segments[k], module->size))
                return fail_short(module->path, err);
            if (segments[k].p_type == PT_NOTE)
                status = read_notes(module, &segments[k], err);
        }
        if (status != MIM_OK)
            return status;
    }
    return MIM_OK;
}

enum mim_status
mim_elf_check(int fd, uint64_t size, const char *path, char **note, struct mim_error *err)
{
    ElfW(Ehdr) header = { 0 };
    size_t ident = size < sizeof header ? (size_t)size : sizeof header;
    *note = NULL;
    enum mim_status status = read_whole(fd, &header, ident, 0, path, err);
    if (status != MIM_OK)
        return status;

    const char *why = header_fault(&header);
    if (why && (size >= sizeof header || memcmp(header.e_ident, ELFMAG, SELFMAG)))
        return mim_fail(err, MIM_BROKEN_PLUGIN, "%s %s", path, size ? why : "is empty");
    if (size < sizeof header)
        return fail_short(path, err);

    status = check_segments(&(struct module){ fd, size, path, note }, &header, err);
    if (status == MIM_OK && !sections_whole(&header, size))
        status = fail_short(path, err);
    if (status != MIM_OK) {
        free(*note);
        *note = NULL;
    }
    return status;
}
