/* SPDX-License-Identifier: MIT */
/* The directories searched for plugins, strongest first, and the check of owners and permissions. */
#ifndef MIM_CORE_REGISTRY_SEARCH_PATH_H
#define MIM_CORE_REGISTRY_SEARCH_PATH_H

#include <limits.h>
#include <stdbool.h>
#include <stddef.h>
#include <sys/stat.h>

#include <mim/context.h>

#include "base/string-list.h"

enum mim_directory_kind {
    MIM_DIRECTORY_LINKED,
    MIM_DIRECTORY_APPLICATION,
    MIM_DIRECTORY_ENVIRONMENT,
    MIM_DIRECTORY_USER,
    MIM_DIRECTORY_ADMIN, /* /etc: the only kind whose manifests may name a module elsewhere */
    MIM_DIRECTORY_LOCAL,
    MIM_DIRECTORY_SYSTEM
};

struct mim_search_directory {
    char *path; /* absolute */
    enum mim_directory_kind kind;
};

struct mim_search_path {
    struct mim_search_directory *items;
    size_t count;
};

/* `directories` are the application's, the strongest last. Missing directories in MIM_PLUGIN_PATH become lines in
 * `diagnostics`. false: no memory. */
bool mim_search_path_collect(struct mim_search_path *search_path, const struct mim_context_options *options,
                             const struct mim_string_list *directories, struct mim_string_list *diagnostics);
void mim_search_path_clear(struct mim_search_path *search_path);

/* The real path of something relative to the directory of the library that runs. false: none, or it is linked statically. */
bool mim_search_path_beside(const char *relative, char path[PATH_MAX]);

enum mim_trust { MIM_TRUST_YES, MIM_TRUST_WARN, MIM_TRUST_NO };
/* Whether code may be loaded from such a file or directory. If not, `reason` says why, and which chmod or chown
 * fixes it. */
enum mim_trust mim_search_path_trust(const char *path, const struct stat *facts, char *reason, size_t reason_size);
/* The same for a file, its target if it is a link, and every directory that its resolved path goes through. */
enum mim_trust mim_search_path_trust_file(const char *path, char *reason, size_t reason_size);
/* Whether no user of this namespace has the number, according to a file like /proc/self/uid_map. */
bool mim_search_path_unmapped(uid_t uid, const char *map);

#endif
