/* SPDX-License-Identifier: MIT */
/* The registry of a context: its formats and plugins. Listing and choosing never load code. */
#ifndef MIM_CORE_REGISTRY_REGISTRY_H
#define MIM_CORE_REGISTRY_REGISTRY_H

#include <stdbool.h>

#include <mim/plugin.h>
#include <mim/registry.h>

struct mim_catalog;
struct mim_manifest; /* one plugin's .ini, parsed: manifest.h */
struct mim_registry;

/* A format, and a plugin that declares it. */
struct mim_candidate {
    const char *format; /* borrowed while the context lives */
    struct mim_manifest *plugin;
};

/* What the caller says about the choice. Each may be NULL. */
struct mim_request {
    const char *format, *plugin;   /* this one */
    const char *formats, *plugins; /* one of these, whose names are separated by blanks */
};

/* Whether the name has an extension of any format, installed or not: of an archive, or of something else. */
bool mim_registry_knows_name(struct mim_context *context, const char *name, bool is_archive);

/* The plugin's code, loaded and checked on first use. BROKEN_PLUGIN quarantines the plugin in this context; NOMEM does not. */
enum mim_status mim_registry_load_plugin(struct mim_context *context, struct mim_manifest *manifest,
                                         const struct mim_plugin **plugin, struct mim_error *err);
/* The same with its ops for the format. */
enum mim_status mim_registry_load(struct mim_context *context, const struct mim_candidate *candidate,
                                  const struct mim_plugin **plugin, const struct mim_format_ops **ops,
                                  struct mim_error *err);

/* Records why a candidate failed, for the log and for explain. */
void mim_registry_remember_failure(struct mim_context *context, const struct mim_candidate *candidate,
                                   const char *reason);

/* Directories, linked plugins or the configuration changed: the next call reads them again. */
void mim_registry_changed(struct mim_context *context);

void mim_registry_destroy(struct mim_registry *registry);

/* The latest catalog, made when it is missing or stale; NULL: no memory. */
struct mim_catalog *mim_registry_catalog(struct mim_context *context, struct mim_error *err);

#endif
