/* SPDX-License-Identifier: MIT */
/* Where plugins may lie, strongest place first, and whether what lies there can be trusted. */
#ifndef MIM_CORE_REGISTRY_SEARCH_PATH_H
#define MIM_CORE_REGISTRY_SEARCH_PATH_H

#include <stdbool.h>
#include <stddef.h>
#include <sys/stat.h>

#include <mim/context.h>

#include "base/string-list.h"

enum mim_place_kind {
    MIM_PLACE_LINKED,
    MIM_PLACE_APPLICATION,
    MIM_PLACE_ENVIRONMENT,
    MIM_PLACE_ADMIN, /* /etc: the only one whose manifests may name a module elsewhere */
    MIM_PLACE_LOCAL,
    MIM_PLACE_SYSTEM
};

struct mim_place {
    char *path; /* absolute */
    enum mim_place_kind kind;
};

struct mim_search_path {
    struct mim_place *items;
    size_t count;
};

/* `directories` are the application's, the strongest last. What MIM_PLUGIN_PATH names in vain is a line in
 * `diagnostics`. false: no memory. */
bool mim_search_path_collect(struct mim_search_path *places, const struct mim_context_options *options,
                             const struct mim_string_list *directories, struct mim_string_list *diagnostics);
void mim_search_path_clear(struct mim_search_path *places);

enum mim_trust { MIM_TRUST_YES, MIM_TRUST_WARN, MIM_TRUST_NO };
/* May code come from a file or directory like this? If not, `reason` says why and the chmod or chown that mends it. */
enum mim_trust mim_search_path_trust(const char *path, const struct stat *facts, char *reason, size_t reason_size);

#endif
