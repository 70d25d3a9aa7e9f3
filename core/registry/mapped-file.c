/* SPDX-License-Identifier: MIT */
/* Compares mappings by the kernel's list of them, since some file systems have other devices there than in stat(). */
#include "registry/mapped-file.h"

#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>

struct identity {
    unsigned major, minor;
    unsigned long long inode; /* 0: not found */
};

/* Processes have hundreds of mappings, so only the line of the address is scanned whole. */
static void
take_identity(struct identity *identity, const void *address, const char *line)
{
    char *rest;
    struct identity found;
    unsigned long long first = strtoull(line, &rest, 16);
    if (*rest != '-' || (uintptr_t)address < first || (uintptr_t)address >= strtoull(rest + 1, &rest, 16))
        return;
    if (sscanf(rest, "%*s %*s %x:%x %llu", &found.major, &found.minor, &found.inode) == 3)
        *identity = found;
}

bool
mim_mapped_file_same(const void *one, const void *other)
{
    FILE *maps = fopen("/proc/self/maps", "re");
    struct identity a = { 0 }, b = { 0 };
    char line[128]; /* the rest of a line, a path, has no such fields */
    while (maps && fgets(line, sizeof line, maps)) {
        take_identity(&a, one, line);
        take_identity(&b, other, line);
    }
    if (maps)
        fclose(maps);
    return !a.inode || !b.inode || (a.major == b.major && a.minor == b.minor && a.inode == b.inode);
}
