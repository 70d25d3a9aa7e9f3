/* SPDX-License-Identifier: MIT */
/* Builds a catalog from the search path and the application's linked plugins. */
#ifndef MIM_CORE_REGISTRY_DISCOVER_H
#define MIM_CORE_REGISTRY_DISCOVER_H

#include "registry/catalog.h"

struct mim_config;
struct mim_context;

/* A plugin linked into the application, and the text of its manifest. */
struct mim_linked {
    const struct mim_plugin *plugin;
    const char *manifest;
};

/* The plugins inside the library, which -Dbuiltin names. Ends with a plugin that is NULL. */
extern const struct mim_linked mim_builtin_plugins[];

struct mim_catalog_inputs {
    struct mim_context *context;
    const struct mim_config *config;
    const struct mim_string_list *directories;
    const struct mim_linked *linked;
    size_t linked_count;
    struct mim_catalog *older; /* owned by the new catalog on success, which keeps its quarantine */
};

/* NULL: no memory. Other failures become a line in `diagnostics` or a plugin's state. */
struct mim_catalog *mim_catalog_build(const struct mim_catalog_inputs *inputs);

#endif
