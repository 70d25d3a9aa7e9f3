/* SPDX-License-Identifier: MIT */
/* A snapshot of all directories: manifests, hints, and the formats built from them. */
#ifndef MIM_CORE_REGISTRY_CATALOG_H
#define MIM_CORE_REGISTRY_CATALOG_H

#include "base/string-list.h"
#include "registry/manifest.h"
#include "registry/policy.h"

/* A plugin, and one format or scheme in its manifest. */
struct mim_server {
    struct mim_manifest *plugin;
    const struct mim_manifest_format *format;
};

struct mim_format {
    const char *name, *title;
    struct mim_server *servers; /* strongest directory first, replaced ones included */
    size_t server_count;
    struct mim_server hint; /* from known.d; its plugin is NULL when there is none */
    char *denied;           /* why the policy denies it; made when it is listed */
};

struct mim_catalog {
    struct mim_manifest **manifests; /* strongest directory first */
    size_t manifest_count;
    struct mim_manifest **hints;
    size_t hint_count;
    struct mim_format *formats; /* sorted by name */
    size_t format_count;
    struct mim_format *schemes; /* what transports read */
    size_t scheme_count;
    struct mim_string_list search_path, diagnostics;
    char *fault; /* why the configuration disables all plugins, or NULL */
    struct mim_string_list refused, refusals; /* names of refused manifests, and the reasons, index by index */
    struct mim_catalog *older;                /* stays alive, because candidates borrow from it */
};

void mim_catalog_destroy(struct mim_catalog *catalog);

/* NULL: not declared. */
struct mim_format *mim_catalog_format(const struct mim_catalog *catalog, const char *name);
struct mim_format *mim_catalog_scheme(const struct mim_catalog *catalog, const char *name);
/* The manifest in force for a plugin's name, or NULL. */
struct mim_manifest *mim_catalog_plugin(const struct mim_catalog *catalog, const char *name);

/* Why a plugin's manifest was refused; NULL where none was. */
const char *mim_catalog_refusal(const struct mim_catalog *catalog, const char *plugin);

/* Names that a policy may use: installed or not, refused or hinted. `user` is the catalog. */
mim_policy_knows mim_catalog_knows;

/* Reads known.d into the hints. false: no memory. */
bool mim_catalog_read_hints(struct mim_catalog *catalog, const struct mim_context_options *options);

/* Builds the formats from what was added. false: no memory. */
bool mim_catalog_make_formats(struct mim_catalog *catalog);

/* Takes ownership of the manifest, also on failure. false: no memory. */
bool mim_catalog_add(struct mim_manifest ***list, size_t *count, struct mim_manifest *manifest);

#endif
