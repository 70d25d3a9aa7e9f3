/* SPDX-License-Identifier: MIT */
/* The directories that are searched for plugins, and the checks on owners and permissions. */
#include "registry/search-path.h"

#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "build-paths.h"

static const struct {
    const char *path;
    enum mim_place_kind kind;
} system_places[] = {
    { MIM_SYSCONF_DIR "/plugins.d", MIM_PLACE_ADMIN },
    { MIM_LOCAL_PLUGIN_DIR, MIM_PLACE_LOCAL },
    { MIM_PLUGIN_DIR, MIM_PLACE_SYSTEM },
};

/* A directory that is listed twice counts where it is strongest. */
static bool
add_place(struct mim_search_path *places, const char *path, enum mim_place_kind kind)
{
    for (size_t i = 0; i < places->count; i++)
        if (!strcmp(places->items[i].path, path))
            return true;

    struct mim_place *items = reallocarray(places->items, places->count + 1, sizeof *items);
    if (!items)
        return false;
    places->items = items;
    items[places->count] = (struct mim_place){ strdup(path), kind };
    return items[places->count++].path;
}

static bool
add_system_places(struct mim_search_path *places, const struct mim_context_options *options)
{
    for (size_t i = 0; !options->no_system && i < sizeof system_places / sizeof *system_places; i++)
        if (!add_place(places, system_places[i].path, system_places[i].kind))
            return false;
    return true;
}

static bool
add_named_place(struct mim_search_path *places, const char *name, struct mim_string_list *diagnostics)
{
    char path[PATH_MAX];
    if (realpath(name, path))
        return add_place(places, path, MIM_PLACE_ENVIRONMENT);
    return mim_string_list_add(diagnostics, "MIM_PLUGIN_PATH: %s: %m", name);
}

/* "a:b" is a and b alone; an empty element stands for the system's places, once. */
static bool
add_environment_places(struct mim_search_path *places, const char *list, const struct mim_context_options *options,
                       struct mim_string_list *diagnostics)
{
    char name[PATH_MAX];
    for (;;) {
        size_t length = strcspn(list, ":");
        if (length < sizeof name) {
            memcpy(name, list, length);
            name[length] = '\0';
            if (!(length ? add_named_place(places, name, diagnostics) : add_system_places(places, options)))
                return false;
        } else if (!mim_string_list_add(diagnostics, "MIM_PLUGIN_PATH: an element of %zu bytes", length)) {
            return false;
        }
        if (!list[length])
            return true;
        list += length + 1;
    }
}

bool
mim_search_path_collect(struct mim_search_path *places, const struct mim_context_options *options,
                        const struct mim_string_list *directories, struct mim_string_list *diagnostics)
{
    for (size_t i = directories->count; i > 0; i--)
        if (!add_place(places, directories->items[i - 1], MIM_PLACE_APPLICATION))
            return false;

    const char *list = options->no_environment ? NULL : secure_getenv("MIM_PLUGIN_PATH");
    return list ? add_environment_places(places, list, options, diagnostics) : add_system_places(places, options);
}

void
mim_search_path_clear(struct mim_search_path *places)
{
    for (size_t i = 0; i < places->count; i++)
        free(places->items[i].path);
    free(places->items);
    *places = (struct mim_search_path){ 0 };
}

/* In a user namespace all that root owns outside belongs to this one. */
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

static bool
owner_trusted(uid_t owner)
{
    return owner == 0 || owner == geteuid() || owner == overflow_uid();
}

enum mim_trust
mim_search_path_trust(const char *path, const struct stat *facts, char *reason, size_t reason_size)
{
    if (!owner_trusted(facts->st_uid)) {
        snprintf(reason, reason_size, "%s belongs to user %u; mend it with: chown root %s", path,
                 (unsigned)facts->st_uid, path);
        return MIM_TRUST_NO;
    }
    bool others = facts->st_mode & S_IWOTH, group = facts->st_mode & S_IWGRP && facts->st_gid != 0;
    if (others) {
        snprintf(reason, reason_size, "%s can be written by everybody; mend it with: chmod %s %s", path,
                 group ? "go-w" : "o-w", path);
        return MIM_TRUST_NO;
    }
    if (group) {
        snprintf(reason, reason_size, "%s can be written by group %u; mend it with: chmod g-w %s", path,
                 (unsigned)facts->st_gid, path);
        return strncmp(path, "/usr/local/", 11) ? MIM_TRUST_NO : MIM_TRUST_WARN;
    }
    return MIM_TRUST_YES;
}
