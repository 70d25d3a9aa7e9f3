/* SPDX-License-Identifier: MIT */
/* Listings for people: plugins, formats, directories and configuration. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/context-priv.h"
#include "base/error.h"
#include "io/source.h"
#include "registry/catalog.h"
#include "registry/choice.h"
#include "registry/config.h"
#include "registry/loader.h"
#include "registry/needed-libraries.h"

/* Lets callers distinguish a truncated list: the first item clears the mark, a failed allocation sets it. */
static int
cut_short(struct mim_context *context)
{
    context->is_list_cut = true;
    return 0;
}

static const struct mim_catalog *
listed_catalog(struct mim_context *context, size_t i)
{
    const struct mim_catalog *catalog = mim_registry_catalog(context, NULL);
    context->is_list_cut = !catalog || (i > 0 && context->is_list_cut);
    return catalog;
}

static const struct mim_config *
listed_config(struct mim_context *context, size_t i)
{
    const struct mim_config *config = mim_context_config(context);
    context->is_list_cut = !config || (i > 0 && context->is_list_cut);
    return config;
}

enum mim_status
mim_context_list_status(const struct mim_context *context, struct mim_error *err)
{
    return context->is_list_cut ? mim_fail_shortage(err, "the whole list") : MIM_OK;
}

/* Checks the module without loading it, which choosing skips. false: no memory. */
static bool
probe_module(struct mim_manifest *plugin)
{
    if (plugin->state != MIM_PLUGIN_READY || plugin->is_module_probed || plugin->linked || plugin->loaded)
        return true;
    struct mim_error err = { 0 };
    enum mim_status status = mim_loader_inspect(plugin->origin.module, plugin, NULL, &err);
    if (status == MIM_OK)
        status = mim_needed_libraries_check(plugin->origin.module, &err);
    if (status != MIM_OK && status != MIM_BROKEN_PLUGIN)
        return false;
    if (status == MIM_BROKEN_PLUGIN) {
        if (!mim_manifest_settle(plugin, MIM_PLUGIN_BROKEN, err.message))
            return false;
        plugin->is_quarantined = true;
    }
    plugin->is_module_probed = true;
    return true;
}

int
mim_context_plugin(struct mim_context *context, size_t i, struct mim_plugin_info *info)
{
    const struct mim_catalog *catalog = listed_catalog(context, i);
    if (!catalog || i >= catalog->manifest_count)
        return 0;
    struct mim_manifest *plugin = catalog->manifests[i];
    if (!probe_module(plugin))
        return cut_short(context);
    *info = (struct mim_plugin_info){
        .name = plugin->name,
        .version = plugin->version,
        .description = plugin->description,
        .license = plugin->license,
        .package = plugin->package,
        .manifest = plugin->origin.path,
        .module = plugin->linked ? "" : plugin->origin.module,
        .place = plugin->origin.directory,
        .formats = plugin->formats.names,
        .schemes = plugin->schemes.names,
        .state = plugin->state,
        .reason = plugin->reason,
        .shadowed_by = plugin->shadow ? plugin->shadow->origin.path : "",
        .priority = plugin->priority,
        .loaded = plugin->loaded != NULL,
        .library = plugin->loaded && plugin->loaded->library ? plugin->loaded->library : "",
        .abi_major = plugin->abi.major,
        .abi_minor = plugin->abi.minor,
        .ignored = plugin->origin.ignored,
    };
    return 1;
}

/* The best plugin for one direction. false: no memory. */
static bool
show_best(const struct mim_query *query, const struct mim_format *format, struct mim_format_info *info)
{
    struct mim_rank *ranks = NULL;
    size_t count = 0;
    if (mim_rank_plugins(query, format, &ranks, &count, NULL) != MIM_OK)
        return false;
    if (count && ranks[0].unfit == MIM_OK) {
        const struct mim_server *best = &ranks[0].server;
        info->state = MIM_FORMAT_READY;
        if (!*info->plugin)
            info->plugin = best->plugin->name;
        *(query->writing ? &info->write : &info->read) = query->writing ? best->format->write : best->format->read;
    }
    free(ranks);
    return true;
}

static const struct mim_server *
first_server(const struct mim_format *format)
{
    for (size_t i = 0; i < format->server_count; i++)
        if (format->servers[i].plugin->state != MIM_PLUGIN_SHADOWED)
            return &format->servers[i];
    return &format->hint;
}

/* For a format that is not ready: state and reason of the strongest plugin that declares it, or the hint's package.
 * false: no memory. */
static bool
show_absence(const struct mim_query *query, const struct mim_server *server, struct mim_format *format,
             struct mim_format_info *info)
{
    const struct mim_manifest *plugin = server->plugin;
    if (server == &format->hint) {
        const char *refusal = mim_catalog_refusal(query->catalog, plugin->name);
        info->state = refusal ? MIM_FORMAT_BROKEN : MIM_FORMAT_NOT_INSTALLED;
        info->reason = refusal ? refusal : plugin->package;
        return true;
    }
    info->state = plugin->state == MIM_PLUGIN_BROKEN ? MIM_FORMAT_BROKEN : MIM_FORMAT_DISABLED;
    info->reason = plugin->reason;
    char reason[320];
    if (plugin->state == MIM_PLUGIN_READY &&
        mim_config_denies(query->config, &(struct mim_policy_subject){ plugin->name, plugin->license, format->name, NULL },
                          reason, sizeof reason)) {
        free(format->denied);
        format->denied = strdup(reason);
        info->reason = format->denied;
    }
    return info->reason != NULL;
}

int
mim_context_format(struct mim_context *context, size_t i, struct mim_format_info *info)
{
    struct mim_query query = { .name = "" };
    if (!listed_catalog(context, i) || mim_registry_query(context, &query, NULL) != MIM_OK)
        return cut_short(context);
    if (i >= query.catalog->format_count)
        return 0;
    struct mim_format *format = &query.catalog->formats[i];
    for (size_t j = 0; j < format->server_count; j++)
        if (!probe_module(format->servers[j].plugin))
            return cut_short(context);

    const struct mim_server *server = first_server(format);
    *info = (struct mim_format_info){
        .name = format->name,
        .title = format->title,
        .plugin = "",
        .extensions = server->format->extensions,
        .mime = server->format->mime,
        .read = "",
        .write = "",
        .state = MIM_FORMAT_DISABLED,
        .reason = "",
    };
    bool shown = show_best(&query, format, info);
    query.writing = true;
    shown = shown && show_best(&query, format, info);
    if (shown && info->state != MIM_FORMAT_READY)
        shown = show_absence(&query, server, format, info);
    return shown ? 1 : cut_short(context);
}

const char *
mim_context_diagnostic(struct mim_context *context, size_t i)
{
    const struct mim_catalog *catalog = listed_catalog(context, i);
    if (!catalog)
        return NULL;
    return i < catalog->diagnostics.count ? catalog->diagnostics.items[i]
                                          : mim_config_diagnostic(context->config, i - catalog->diagnostics.count);
}

const char *
mim_context_search_path(struct mim_context *context, size_t i)
{
    const struct mim_catalog *catalog = listed_catalog(context, i);
    return catalog ? mim_string_list_item(&catalog->search_path, i) : NULL;
}

const char *
mim_context_config_file(struct mim_context *context, size_t i)
{
    const struct mim_config *config = listed_config(context, i);
    return config ? mim_config_file(config, i) : NULL;
}

const char *
mim_context_config_value(struct mim_context *context, size_t i)
{
    const struct mim_config *config = listed_config(context, i);
    return config ? mim_config_value(config, i) : NULL;
}

enum mim_status
mim_context_check_policy(struct mim_context *context, struct mim_error *err)
{
    const struct mim_catalog *catalog = mim_registry_catalog(context, err);
    return catalog ? mim_policy_check(catalog->fault, err) : MIM_NOMEM;
}

enum mim_status
mim_context_load_plugin(struct mim_context *context, const char *name, struct mim_error *err)
{
    const struct mim_catalog *catalog = mim_registry_catalog(context, err);
    if (!catalog)
        return MIM_NOMEM;
    struct mim_manifest *manifest = mim_catalog_plugin(catalog, name);
    if (!manifest)
        return mim_diagnose_name(catalog, name, err);
    if (manifest->state == MIM_PLUGIN_DISABLED || manifest->state == MIM_PLUGIN_MASKED)
        return mim_fail(err, MIM_DISABLED, "the plugin %s is disabled: %s", name, manifest->reason);
    if (manifest->state == MIM_PLUGIN_BROKEN)
        return mim_fail(err, MIM_BROKEN_PLUGIN, "%s", manifest->reason);

    const struct mim_plugin *plugin;
    return mim_registry_load_plugin(context, manifest, &plugin, err);
}

static bool
names_file(const struct mim_manifest_format *format, const char *name, bool is_archive)
{
    return mim_extension_match(format->extensions, name, NULL) && (mim_words_find(format->read, "container") >= 0) == is_archive;
}

bool
mim_registry_knows_name(struct mim_context *context, const char *name, bool is_archive)
{
    const struct mim_catalog *catalog = mim_registry_catalog(context, NULL);
    for (size_t i = 0; catalog && i < catalog->format_count; i++) {
        const struct mim_format *format = &catalog->formats[i];
        if (format->hint.format && names_file(format->hint.format, name, is_archive))
            return true;
        for (size_t j = 0; j < format->server_count; j++)
            if (names_file(format->servers[j].format, name, is_archive))
                return true;
    }
    return false;
}
