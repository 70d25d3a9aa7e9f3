/* SPDX-License-Identifier: MIT */
/* The directories that are searched for plugins, and the checks on owners and permissions. */
#include "registry/search-path.h"

#include <dlfcn.h>
#include <link.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "build-paths.h"
#include "base/array.h"

static const struct {
    const char *path; /* NULL: beside the library */
    enum mim_directory_kind kind;
} system_directories[] = {
    { MIM_SYSCONF_DIR "/plugins.d", MIM_DIRECTORY_ADMIN },
    { MIM_LOCAL_PLUGIN_DIR, MIM_DIRECTORY_LOCAL },
    { NULL, MIM_DIRECTORY_SYSTEM },
    { MIM_PLUGIN_DIR, MIM_DIRECTORY_SYSTEM },
};

/* A repeated directory keeps its first, strongest position. */
static bool
add_directory(struct mim_search_path *search_path, const char *path, enum mim_directory_kind kind)
{
    for (size_t i = 0; i < search_path->count; i++)
        if (!strcmp(search_path->items[i].path, path))
            return true;

    if (!MIM_GROW(search_path->items, search_path->count))
        return false;
    struct mim_search_directory *item = &search_path->items[search_path->count++];
    *item = (struct mim_search_directory){ strdup(path), kind };
    return item->path;
}

bool
mim_search_path_beside(const char *relative, char path[PATH_MAX])
{
    Dl_info info;
    struct link_map *map = NULL;
    if (!dladdr1(system_directories, &info, (void **)&map, RTLD_DL_LINKMAP) || !map || *map->l_name != '/')
        return false; /* linked into the program, or found by a relative path */

    char beside[2 * PATH_MAX];
    int length = (int)(strrchr(map->l_name, '/') - map->l_name);
    return snprintf(beside, sizeof beside, "%.*s/%s", length, map->l_name, relative) < (int)sizeof beside &&
           realpath(beside, path);
}

/* A prefix may be copied: its plugins are then beside the library that runs. */
static bool
add_own_directory(struct mim_search_path *search_path)
{
    char own[PATH_MAX], configured[PATH_MAX];
    if (!mim_search_path_beside("mim-1", own) || (realpath(MIM_PLUGIN_DIR, configured) && !strcmp(own, configured)))
        return true;
    return add_directory(search_path, own, MIM_DIRECTORY_SYSTEM);
}

/* HOME is ignored in setuid programs. */
static bool
add_user_directory(struct mim_search_path *search_path)
{
    char path[PATH_MAX];
    const char *home = secure_getenv("HOME");
    if (!home || *home != '/' || snprintf(path, sizeof path, "%s/.local/lib/mim-1", home) >= (int)sizeof path)
        return true;
    return add_directory(search_path, path, MIM_DIRECTORY_USER);
}

static bool
add_system_directories(struct mim_search_path *search_path)
{
    for (size_t i = 0; i < sizeof system_directories / sizeof *system_directories; i++) {
        const char *path = system_directories[i].path;
        if (!(path ? add_directory(search_path, path, system_directories[i].kind) : add_own_directory(search_path)))
            return false;
    }
    return true;
}

static bool
add_named_directory(struct mim_search_path *search_path, const char *name, struct mim_string_list *diagnostics)
{
    char path[PATH_MAX];
    if (realpath(name, path))
        return add_directory(search_path, path, MIM_DIRECTORY_ENVIRONMENT);
    return mim_string_list_add(diagnostics, "MIM_PLUGIN_PATH: %s: %m", name);
}

/* "a:b" puts a and b in front, and "a:!" ends the search path after a. Empty elements, as in "a:$MIM_PLUGIN_PATH", mean
 * nothing. */
static bool
add_environment(struct mim_search_path *search_path, const char *list, struct mim_string_list *diagnostics,
                bool *is_end)
{
    char name[PATH_MAX];
    for (size_t length; *list; list += length + (list[length] == ':')) {
        length = strcspn(list, ":");
        *is_end = length == 1 && *list == '!';
        if (*is_end)
            return true;
        if (length >= sizeof name) {
            if (!mim_string_list_add(diagnostics, "MIM_PLUGIN_PATH: an element of %zu bytes", length))
                return false;
            continue;
        }
        snprintf(name, sizeof name, "%.*s", (int)length, list);
        if (length && !add_named_directory(search_path, name, diagnostics))
            return false;
    }
    return true;
}

bool
mim_search_path_collect(struct mim_search_path *search_path, const struct mim_context_options *options,
                        const struct mim_string_list *directories, struct mim_string_list *diagnostics)
{
    for (size_t i = directories->count; i > 0; i--)
        if (!add_directory(search_path, directories->items[i - 1], MIM_DIRECTORY_APPLICATION))
            return false;

    bool is_end = false;
    const char *list = options->no_environment ? NULL : secure_getenv("MIM_PLUGIN_PATH");
    if (list && !add_environment(search_path, list, diagnostics, &is_end))
        return false;
    if (is_end || options->no_system)
        return true;
    return (options->no_environment || add_user_directory(search_path)) && add_system_directories(search_path);
}

void
mim_search_path_clear(struct mim_search_path *search_path)
{
    for (size_t i = 0; i < search_path->count; i++)
        free(search_path->items[i].path);
    free(search_path->items);
    *search_path = (struct mim_search_path){ 0 };
}

/* In a user namespace the files of owners that have no number there appear with this one. */
static uid_t
overflow_uid(void)
{
    unsigned uid = 65534;
    FILE *file = fopen("/proc/sys/kernel/overflowuid", "re");
    if (file) {
        if (fscanf(file, "%u", &uid) != 1)
            uid = 65534;
        fclose(file);
    }
    return uid;
}

bool
mim_search_path_unmapped(uid_t uid, const char *map)
{
    FILE *file = fopen(map, "re");
    unsigned long inside, count;
    bool is_mapped = !file;
    while (!is_mapped && fscanf(file, "%lu %*u %lu", &inside, &count) == 2)
        is_mapped = uid >= inside && uid - inside < count;
    if (file)
        fclose(file);
    return !is_mapped;
}

/* Where the overflow number is also that of a user, its files are like those of any other. */
static bool
owner_trusted(uid_t owner)
{
    return owner == 0 || owner == geteuid() ||
           (owner == overflow_uid() && mim_search_path_unmapped(owner, "/proc/self/uid_map"));
}

enum mim_trust
mim_search_path_trust(const char *path, const struct stat *facts, char *reason, size_t reason_size)
{
    if (!owner_trusted(facts->st_uid)) {
        snprintf(reason, reason_size, "%s belongs to user %u; fix it with: chown root %s", path,
                 (unsigned)facts->st_uid, path);
        return MIM_TRUST_NO;
    }
    bool others = facts->st_mode & S_IWOTH, group = facts->st_mode & S_IWGRP && facts->st_gid != 0;
    if (others) {
        snprintf(reason, reason_size, "%s is world-writable; fix it with: chmod %s %s", path, group ? "go-w" : "o-w",
                 path);
        return MIM_TRUST_NO;
    }
    if (group) {
        snprintf(reason, reason_size, "%s is writable by group %u; fix it with: chmod g-w %s", path,
                 (unsigned)facts->st_gid, path);
        bool is_local = !strncmp(path, "/usr/local", 10) && (!path[10] || path[10] == '/');
        return is_local ? MIM_TRUST_WARN : MIM_TRUST_NO;
    }
    return MIM_TRUST_YES;
}

/* In a sticky directory others cannot replace what is in it, and a clone made with umask 002 is in directories that the caller's own
 * group may write to: only the last directory must not be shared so. */
enum mim_trust
mim_search_path_trust_file(const char *path, char *reason, size_t reason_size)
{
    char part[PATH_MAX];
    struct stat facts;
    enum mim_trust worst = MIM_TRUST_YES;
    if (!realpath(path, part))
        return MIM_TRUST_YES; /* the loader reports it */
    for (int depth = 0; worst != MIM_TRUST_NO && stat(part, &facts) == 0; depth++) {
        if (depth > 1 && facts.st_mode & S_ISVTX)
            facts.st_mode &= ~(mode_t)(S_IWGRP | S_IWOTH);
        if (depth > 1 && facts.st_gid == getegid())
            facts.st_mode &= ~(mode_t)S_IWGRP;
        enum mim_trust trust = mim_search_path_trust(part, &facts, reason, reason_size);
        if (trust == MIM_TRUST_NO || (trust == MIM_TRUST_WARN && worst == MIM_TRUST_YES))
            worst = trust;
        char *slash = strrchr(part, '/');
        if (!slash[1])
            break;
        slash[slash == part] = '\0';
    }
    return worst;
}
