/* SPDX-License-Identifier: MIT */
/* One look at all places: the manifests found there, the hints, and the formats that they add up to. */
#ifndef MIM_CORE_REGISTRY_CATALOG_H
#define MIM_CORE_REGISTRY_CATALOG_H

#include "base/string-list.h"
#include "registry/manifest.h"

/* A plugin and what its manifest says about one format. */
struct mim_server {
    struct mim_manifest *plugin;
    const struct mim_manifest_format *format;
};

struct mim_format {
    const char *name, *title;
    struct mim_server *servers; /* strongest place first, replaced ones included */
    size_t server_count;
    struct mim_server hint; /* from known.d; its plugin is NULL when there is none */
    char *denied;           /* the policy's words, made when somebody lists it */
};

struct mim_catalog {
    struct mim_manifest **manifests; /* strongest place first */
    size_t manifest_count;
    struct mim_manifest **hints;
    size_t hint_count;
    struct mim_format *formats; /* by name */
    size_t format_count;
    struct mim_string_list search_path, diagnostics;
    struct mim_string_list refused, refusals; /* names of manifests that were refused, and why; in step */
    struct mim_catalog *older;                /* kept: candidates borrow from it */
};

void mim_catalog_destroy(struct mim_catalog *catalog);

/* NULL: nobody declares it. */
const struct mim_format *mim_catalog_format(const struct mim_catalog *catalog, const char *name);
/* The manifest that counts for a plugin's name, or NULL. */
struct mim_manifest *mim_catalog_plugin(const struct mim_catalog *catalog, const char *name);

/* Why a plugin's manifest was refused, where one lies; else NULL. */
const char *mim_catalog_refusal(const struct mim_catalog *catalog, const char *plugin);

/* Make the formats of what has been added. false: no memory. */
bool mim_catalog_make_formats(struct mim_catalog *catalog);

/* Takes the manifest over, also on failure. false: no memory. */
bool mim_catalog_add(struct mim_manifest ***list, size_t *count, struct mim_manifest *manifest);

#endif
