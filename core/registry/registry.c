/* SPDX-License-Identifier: MIT */
/* A context's registry: its catalog, linked plugins, and loading code on first use. */
#include "registry/registry.h"

#include <errno.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "base/array.h"
#include "base/context-priv.h"
#include "base/error.h"
#include "base/log.h"
#include "io/source.h"
#include "registry/claims.h"
#include "registry/config.h"
#include "registry/discover.h"
#include "registry/loader.h"
#include "registry/search-path.h"

struct mim_registry {
    struct mim_string_list directories; /* the application's, the strongest last */
    struct mim_linked *linked;
    size_t linked_count;
    struct mim_catalog *catalog; /* the latest; NULL before the first use */
    bool is_stale;               /* a change since the catalog was made */
};

static struct mim_registry *
registry_of(struct mim_context *context)
{
    if (!context->registry)
        context->registry = calloc(1, sizeof *context->registry);
    return context->registry;
}

void
mim_registry_destroy(struct mim_registry *registry)
{
    if (!registry)
        return;
    mim_catalog_destroy(registry->catalog);
    mim_string_list_clear(&registry->directories);
    free(registry->linked);
    free(registry);
}

void
mim_registry_changed(struct mim_context *context)
{
    if (context->registry)
        context->registry->is_stale = true;
}

struct mim_catalog *
mim_registry_catalog(struct mim_context *context, struct mim_error *err)
{
    struct mim_registry *registry = registry_of(context);
    struct mim_config *config = mim_context_config(context);
    if (registry && registry->catalog && !registry->is_stale)
        return registry->catalog;

    struct mim_catalog *catalog = NULL;
    if (registry && config)
        catalog = mim_catalog_build(&(struct mim_catalog_inputs){
            .context = context,
            .config = config,
            .directories = &registry->directories,
            .linked = registry->linked,
            .linked_count = registry->linked_count,
            .older = registry->catalog,
        });
    if (!catalog) {
        mim_fail_shortage(err, "the registry of plugins");
        return NULL;
    }
    registry->catalog = catalog;
    registry->is_stale = false;
    for (size_t i = 0; i < catalog->diagnostics.count; i++)
        mim_log(context, MIM_LOG_WARNING, "%s", catalog->diagnostics.items[i]);
    return catalog;
}

enum mim_status
mim_context_add_directory(struct mim_context *context, const char *path, struct mim_error *err)
{
    char real[PATH_MAX], reason[2 * PATH_MAX + 100];
    struct stat facts;
    if (!realpath(path, real) || stat(real, &facts) < 0)
        return mim_fail_errno(err, errno, "%s", path);
    if (!S_ISDIR(facts.st_mode))
        return mim_fail_errno(err, ENOTDIR, "%s", path);
    if (mim_search_path_trust(real, &facts, reason, sizeof reason) == MIM_TRUST_NO)
        return mim_fail(err, MIM_DISABLED, "%s", reason);

    struct mim_registry *registry = registry_of(context);
    if (!registry || !mim_string_list_add(&registry->directories, "%s", real))
        return mim_fail_nomem(err, "a directory of plugins");
    registry->is_stale = true;
    return MIM_OK;
}

enum mim_status
mim_context_add_plugin(struct mim_context *context, const struct mim_plugin *plugin, const char *manifest,
                       struct mim_error *err)
{
    const struct mim_manifest_text text = { .path = "linked in", .data = manifest, .size = strlen(manifest) };
    struct mim_manifest *parsed = NULL;
    enum mim_status status = mim_loader_check(plugin, "linked in", err);
    if (status == MIM_OK)
        status = mim_manifest_parse(&parsed, MIM_MANIFEST_PLUGIN, &text, err);
    if (status == MIM_OK)
        status = mim_claims_compare(mim_claims_of_manifest(parsed), mim_claims_of_plugin("the code", plugin), err);
    mim_manifest_destroy(parsed);
    if (status != MIM_OK)
        return status;

    struct mim_registry *registry = registry_of(context);
    if (!registry || !MIM_GROW(registry->linked, registry->linked_count))
        return mim_fail_nomem(err, "a plugin that is linked in");
    registry->linked[registry->linked_count++] = (struct mim_linked){ plugin, manifest };
    registry->is_stale = true;
    return MIM_OK;
}

static void
quarantine_plugin(struct mim_context *context, struct mim_manifest *manifest, const char *reason)
{
    mim_log(context, MIM_LOG_WARNING, "plugin %s: %s", manifest->name, reason);
    if (mim_manifest_settle(manifest, MIM_PLUGIN_BROKEN, reason))
        manifest->is_quarantined = true;
}

static enum mim_status
load_module(struct mim_context *context, struct mim_manifest *manifest, const struct mim_plugin **plugin,
            struct mim_error *err)
{
    char reason[2 * PATH_MAX + 100];
    enum mim_trust trust = mim_search_path_trust_file(manifest->origin.module, reason, sizeof reason);
    if (trust == MIM_TRUST_NO)
        return mim_fail(err, MIM_BROKEN_PLUGIN, "%s", reason);
    if (trust == MIM_TRUST_WARN)
        mim_log(context, MIM_LOG_WARNING, "%s", reason);
    return mim_loader_load(manifest->origin.module, manifest, context->host, plugin, err);
}

static enum mim_status
load_plugin(struct mim_context *context, struct mim_manifest *manifest, struct mim_error *err)
{
    const struct mim_plugin *plugin = manifest->linked;
    enum mim_status status =
        plugin ? mim_loader_adopt(plugin, context->host, err) : load_module(context, manifest, &plugin, err);
    if (status == MIM_OK)
        status = mim_claims_compare(mim_claims_of_manifest(manifest),
                                    mim_claims_of_plugin(manifest->linked ? "the code" : manifest->origin.module, plugin), err);
    if (status == MIM_OK)
        manifest->loaded = plugin;
    return status;
}

/* The code's ops for a format. It has all that the manifest declares. */
static const struct mim_format_ops *
find_ops(const struct mim_plugin *plugin, const char *name)
{
    const struct mim_format_ops *const *ops = plugin->formats;
    while (*ops && strcmp((*ops)->name, name))
        ops++;
    return *ops;
}

static enum mim_status
name_plugin(struct mim_error *err, const struct mim_manifest *manifest, enum mim_status status)
{
    if (err)
        snprintf(err->plugin, sizeof err->plugin, "%s", manifest->name);
    return status;
}

enum mim_status
mim_registry_load_plugin(struct mim_context *context, struct mim_manifest *manifest, const struct mim_plugin **plugin,
                         struct mim_error *err)
{
    if (manifest->is_quarantined)
        return name_plugin(err, manifest, mim_fail(err, MIM_BROKEN_PLUGIN, "%s", manifest->reason));

    struct mim_error why = { 0 };
    enum mim_status status = manifest->loaded ? MIM_OK : load_plugin(context, manifest, &why);
    if (status == MIM_BROKEN_PLUGIN)
        quarantine_plugin(context, manifest, why.message);
    if (status != MIM_OK)
        return name_plugin(err, manifest, mim_fail(err, status, "%s", why.message));
    *plugin = manifest->loaded;
    return MIM_OK;
}

enum mim_status
mim_registry_load(struct mim_context *context, const struct mim_candidate *candidate, const struct mim_plugin **plugin,
                  const struct mim_format_ops **ops, struct mim_error *err)
{
    enum mim_status status = mim_registry_load_plugin(context, candidate->plugin, plugin, err);
    if (status == MIM_OK)
        *ops = find_ops(*plugin, candidate->format);
    return status;
}

void
mim_registry_remember_failure(struct mim_context *context, const struct mim_candidate *candidate, const char *reason)
{
    mim_log(context, MIM_LOG_INFO, "plugin %s was tried for %s: %s", candidate->plugin->name, candidate->format,
            reason);
    char *copy = strdup(reason); /* without memory only the log reports it */
    if (!copy)
        return;
    free(candidate->plugin->failure);
    candidate->plugin->failure = copy;
}
