/* SPDX-License-Identifier: MIT */
/* A configuration from inside. */
#ifndef MIM_CORE_REGISTRY_CONFIG_PRIV_H
#define MIM_CORE_REGISTRY_CONFIG_PRIV_H

#include "base/string-list.h"
#include "registry/config.h"

/* One value in force; values read later are nearer to the call. */
struct mim_config_entry {
    char *section, *key, *value;
    char *text; /* "section key = value (file:line)" */
    unsigned line;
    size_t file;
};

struct mim_config {
    struct mim_string_list files, diagnostics;
    struct mim_config_entry *entries;
    size_t entry_count;
    size_t fault; /* number of the first diagnostic that disables all plugins, from 1; 0: none */
};

#endif
