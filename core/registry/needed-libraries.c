/* SPDX-License-Identifier: MIT */
/* Reads the dynamic section of a module, and searches for its DT_NEEDED as ld.so(8) does. */
#include "registry/needed-libraries.h"

#include <dlfcn.h>
#include <elf.h>
#include <fcntl.h>
#include <limits.h>
#include <link.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/error.h"
#include "io/fd-io.h"

#define CACHE "/etc/ld.so.cache"
#define SYSTEM_DIRECTORIES "/lib:/usr/lib:/lib64:/usr/lib64"
#define MAX_FILE (256u << 20)

struct file {
    uint8_t *data; /* and a zero behind the end */
    uint64_t size;
};

struct module {
    const char *path;
    struct file file;
    const char *strings; /* of the dynamic section */
    const char *runpath; /* "": none */
};

/* Reads instead of mapping, because a file that shrinks would raise SIGBUS. The size is 0 if it cannot be read. */
static enum mim_status
read_file(const char *path, struct file *file, struct mim_error *err)
{
    int fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK);
    off_t size = fd < 0 ? 0 : lseek(fd, 0, SEEK_END);
    enum mim_status status = MIM_OK;
    *file = (struct file){ 0 };
    if (size > 0 && size <= MAX_FILE && !(file->data = malloc((size_t)size + 1)))
        status = mim_fail_nomem(err, path);
    int64_t got = file->data ? mim_fd_read_at(fd, file->data, (uint64_t)size, 0) : 0;
    file->size = got > 0 ? (uint64_t)got : 0;
    if (file->data)
        file->data[file->size] = 0;
    if (fd >= 0)
        close(fd);
    return status;
}

/* NULL: the file ends before. */
static const void *
bytes_at(const struct file *file, uint64_t offset, uint64_t size)
{
    return offset <= file->size && size <= file->size - offset ? file->data + offset : NULL;
}

static bool
read_segment(const struct file *file, unsigned i, ElfW(Phdr) * segment)
{
    const ElfW(Ehdr) *header = bytes_at(file, 0, sizeof *header);
    const void *from = !header || i >= header->e_phnum
                           ? NULL
                           : bytes_at(file, header->e_phoff + (uint64_t)i * sizeof *segment, sizeof *segment);
    if (from)
        memcpy(segment, from, sizeof *segment);
    return from;
}

/* The bytes that are mapped at an address. NULL: none of the file. */
static const char *
text_at(const struct file *file, uint64_t address)
{
    ElfW(Phdr) segment;
    for (unsigned i = 0; read_segment(file, i, &segment); i++)
        if (segment.p_type == PT_LOAD && address >= segment.p_vaddr && address - segment.p_vaddr < segment.p_filesz)
            return bytes_at(file, segment.p_offset + (address - segment.p_vaddr), 1);
    return NULL;
}

/* Gets entry i of the dynamic section. false: past the last. */
static bool
read_entry(const struct file *file, uint64_t i, ElfW(Dyn) * entry)
{
    ElfW(Phdr) segment;
    unsigned k = 0;
    while (read_segment(file, k, &segment) && segment.p_type != PT_DYNAMIC)
        k++;
    bool has_section = read_segment(file, k, &segment) && i < segment.p_filesz / sizeof *entry;
    const void *from = has_section ? bytes_at(file, segment.p_offset + i * sizeof *entry, sizeof *entry) : NULL;
    if (from)
        memcpy(entry, from, sizeof *entry);
    return from && entry->d_tag != DT_NULL;
}

/* A text of the dynamic section, or "". */
static const char *
string_at(const struct module *module, uint64_t offset)
{
    uint64_t before = module->strings ? (uint64_t)((const uint8_t *)module->strings - module->file.data) : UINT64_MAX;
    return before <= module->file.size && offset < module->file.size - before ? module->strings + offset : "";
}

static void
read_dynamic(struct module *module)
{
    ElfW(Dyn) entry;
    for (uint64_t i = 0; read_entry(&module->file, i, &entry); i++)
        if (entry.d_tag == DT_STRTAB)
            module->strings = text_at(&module->file, entry.d_un.d_ptr);
    module->runpath = "";
    for (uint64_t i = 0; read_entry(&module->file, i, &entry); i++)
        if (entry.d_tag == DT_RUNPATH || entry.d_tag == DT_RPATH)
            module->runpath = string_at(module, entry.d_un.d_val);
}

/* Directories are separated by colons; $ORIGIN is that of the module. */
static bool
is_in_directories(const struct module *module, const char *list, const char *name)
{
    int origin = (int)(strrchr(module->path, '/') - module->path);
    for (size_t length; *list; list += length + (list[length] == ':')) {
        char path[PATH_MAX];
        size_t skip = !strncmp(list, "$ORIGIN", 7) ? 7 : !strncmp(list, "${ORIGIN}", 9) ? 9 : 0;
        length = strcspn(list, ":");
        int size = snprintf(path, sizeof path, "%.*s%.*s/%s", skip ? origin : 0, module->path, (int)(length - skip),
                            list + skip, name);
        if (length && size < (int)sizeof path && !access(path, F_OK))
            return true;
    }
    return false;
}

/* Is it the end of a path in the loader's cache? Without a cache, nothing is known to be missing. */
static bool
is_in_cache(const struct file *cache, const char *name)
{
    size_t length = strlen(name) + 1;
    const uint8_t *at = cache->data, *end = cache->data + cache->size;
    if (!cache->size)
        return true;
    while (at < end && (at = memmem(at, (size_t)(end - at), name, length)) && at > cache->data && at[-1] != '/')
        at++;
    return at && at < end;
}

/* The directory of libc, which the loader searches on systems with several architectures. */
static bool
is_beside_libc(const struct module *module, const char *name)
{
    Dl_info libc;
    char directory[PATH_MAX];
    if (!dladdr((void *)(uintptr_t)getenv, &libc) || !libc.dli_fname || !strrchr(libc.dli_fname, '/'))
        return false;
    snprintf(directory, sizeof directory, "%.*s", (int)(strrchr(libc.dli_fname, '/') - libc.dli_fname), libc.dli_fname);
    return is_in_directories(module, directory, name);
}

/* For dl_iterate_phdr(): returns 1 if the object has this name, under which the process may have loaded it from anywhere. */
static int
compare_loaded(struct dl_phdr_info *object, size_t size, void *name)
{
    const char *slash = object->dlpi_name ? strrchr(object->dlpi_name, '/') : NULL;
    (void)size;
    return slash && !strcmp(slash + 1, name);
}

static bool
is_found(const struct module *module, const struct file *cache, const char *name)
{
    const char *environment = secure_getenv("LD_LIBRARY_PATH");
    if (strchr(name, '/'))
        return !access(name, F_OK);
    return dl_iterate_phdr(compare_loaded, (void *)(uintptr_t)name) || is_in_directories(module, module->runpath, name) ||
           is_in_directories(module, environment ? environment : "", name) || is_in_cache(cache, name) ||
           is_in_directories(module, SYSTEM_DIRECTORIES, name) || is_beside_libc(module, name);
}

static enum mim_status
check_needed(const struct module *module, const struct file *cache, struct mim_error *err)
{
    ElfW(Dyn) entry;
    for (uint64_t i = 0; read_entry(&module->file, i, &entry); i++) {
        const char *name = entry.d_tag == DT_NEEDED ? string_at(module, entry.d_un.d_val) : "";
        if (*name && !is_found(module, cache, name))
            return mim_fail(err, MIM_BROKEN_PLUGIN, "%s needs the library %s, which cannot be found", module->path, name);
    }
    return MIM_OK;
}

enum mim_status
mim_needed_libraries_check(const char *path, struct mim_error *err)
{
    struct module module = { .path = path };
    struct file cache = { 0 };
    enum mim_status status = read_file(path, &module.file, err);
    if (status == MIM_OK)
        status = read_file(CACHE, &cache, err);
    if (status == MIM_OK) {
        read_dynamic(&module);
        status = check_needed(&module, &cache, err);
    }
    free(module.file.data);
    free(cache.data);
    return status;
}
