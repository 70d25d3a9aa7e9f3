/* SPDX-License-Identifier: MIT */
/* Reads the sections of a module. Every offset is checked against the size of the file. */
#include "module-file.h"

#include <elf.h>
#include <fcntl.h>
#include <link.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include <mim/kit/entry.h>

bool
module_file_open(struct module_file *file, const char *path)
{
    struct stat facts;
    int fd = open(path, O_RDONLY | O_CLOEXEC);
    void *data = MAP_FAILED;
    if (fd >= 0 && !fstat(fd, &facts) && facts.st_size > 0)
        data = mmap(NULL, (size_t)facts.st_size, PROT_READ, MAP_PRIVATE, fd, 0);
    if (fd >= 0)
        close(fd);
    if (data == MAP_FAILED)
        return false;
    *file = (struct module_file){ data, (size_t)facts.st_size };
    return true;
}

void
module_file_close(struct module_file *file)
{
    munmap(file->data, file->size);
}

/* The bytes of the i-th section of a type, whose headers may not be aligned in a damaged file. */
static const uint8_t *
find_section(const struct module_file *file, uint32_t type, size_t i, ElfW(Shdr) * section)
{
    ElfW(Ehdr) header;
    if (file->size < sizeof header)
        return NULL;
    memcpy(&header, file->data, sizeof header);
    for (uint64_t at = header.e_shoff, k = 0; k < header.e_shnum; k++, at += header.e_shentsize) {
        if (at > file->size || file->size - at < sizeof *section)
            return NULL;
        memcpy(section, file->data + at, sizeof *section);
        if (section->sh_type == type && section->sh_offset <= file->size && section->sh_size <= file->size - section->sh_offset && !i--)
            return file->data + section->sh_offset;
    }
    return NULL;
}

/* A string of .dynstr; NULL outside of it. The sections of strings for symbols come later than it. */
static const char *
find_string(const struct module_file *file, uint64_t offset)
{
    ElfW(Shdr) section;
    const uint8_t *strings = find_section(file, SHT_STRTAB, 0, &section);
    if (!strings || offset >= section.sh_size || !memchr(strings + offset, 0, (size_t)(section.sh_size - offset)))
        return NULL;
    return (const char *)strings + offset;
}

static bool
find_tag(const struct module_file *file, int64_t tag, size_t i, uint64_t *value)
{
    ElfW(Shdr) section;
    ElfW(Dyn) entry;
    const uint8_t *entries = find_section(file, SHT_DYNAMIC, 0, &section);
    for (uint64_t at = 0; entries && section.sh_size - at >= sizeof entry; at += sizeof entry) {
        memcpy(&entry, entries + at, sizeof entry);
        if (entry.d_tag == tag && !i--) {
            *value = entry.d_un.d_val;
            return true;
        }
    }
    return false;
}

bool
module_file_value(const struct module_file *file, int64_t tag, uint64_t *value)
{
    return find_tag(file, tag, 0, value);
}

const char *
module_file_string(const struct module_file *file, int64_t tag, size_t i)
{
    uint64_t offset;
    return find_tag(file, tag, i, &offset) ? find_string(file, offset) : NULL;
}

const char *
module_file_export(const struct module_file *file, size_t i)
{
    ElfW(Shdr) section;
    ElfW(Sym) symbol;
    const uint8_t *symbols = find_section(file, SHT_DYNSYM, 0, &section);
    for (uint64_t at = 0; symbols && section.sh_size - at >= sizeof symbol; at += sizeof symbol) {
        memcpy(&symbol, symbols + at, sizeof symbol);
        if (symbol.st_shndx != SHN_UNDEF && symbol.st_info >> 4 == STB_GLOBAL && !(symbol.st_other & 3) && !i--)
            return find_string(file, symbol.st_name);
    }
    return NULL;
}

const char *
module_file_note(const struct module_file *file)
{
    ElfW(Shdr) section;
    ElfW(Nhdr) head;
    const uint8_t *note;
    for (size_t i = 0; (note = find_section(file, SHT_NOTE, i, &section)); i++) {
        size_t text = sizeof head + sizeof MIM_NOTE_OWNER;
        if (section.sh_size <= text)
            continue;
        memcpy(&head, note, sizeof head);
        if (head.n_namesz == sizeof MIM_NOTE_OWNER && !memcmp(note + sizeof head, MIM_NOTE_OWNER, sizeof MIM_NOTE_OWNER) &&
            head.n_type == MIM_NOTE_TYPE && memchr(note + text, 0, (size_t)(section.sh_size - text)))
            return (const char *)note + text;
    }
    return NULL;
}
