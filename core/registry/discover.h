/* SPDX-License-Identifier: MIT */
/* From the places on the search path, and what the application brought, to a catalog. */
#ifndef MIM_CORE_REGISTRY_DISCOVER_H
#define MIM_CORE_REGISTRY_DISCOVER_H

#include "registry/catalog.h"

struct mim_config;
struct mim_context;

/* Code that the application brought, and its manifest's text. */
struct mim_linked {
    const struct mim_plugin *plugin;
    const char *manifest;
};

struct mim_catalog_inputs {
    struct mim_context *context;
    const struct mim_config *config;
    const struct mim_string_list *directories;
    const struct mim_linked *linked;
    size_t linked_count;
    struct mim_catalog *older; /* taken over on success; its quarantine lasts */
};

/* NULL: no memory. All other trouble is a line in `diagnostics`, or a plugin's state. */
struct mim_catalog *mim_catalog_build(const struct mim_catalog_inputs *inputs);

#endif
