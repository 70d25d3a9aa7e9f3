/* SPDX-License-Identifier: MIT */
/* What the registry shows to people: plugins, formats, places, and why a choice fell as it did. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "context.h"
#include "error.h"
#include "options.h"
#include "registry-internal.h"
#include "source.h"

/* Choosing does not look whether the module is there; who lists wants to know. */
static void
probe_module(struct mim_manifest *plugin)
{
    if (plugin->state != MIM_PLUGIN_READY || plugin->module_probed || plugin->linked || plugin->loaded)
        return;
    plugin->module_probed = true;
    char reason[600];
    snprintf(reason, sizeof reason, "the module %s is missing", plugin->module_path);
    if (access(plugin->module_path, F_OK) < 0 && mim_manifest_settle(plugin, MIM_PLUGIN_BROKEN, reason))
        plugin->quarantined = true;
}

int
mim_context_plugin(struct mim_context *context, size_t i, struct mim_plugin_info *info)
{
    const struct mim_catalog *catalog = mim_registry_catalog(context, NULL);
    if (!catalog || i >= catalog->manifest_count)
        return 0;
    struct mim_manifest *plugin = catalog->manifests[i];
    probe_module(plugin);
    *info = (struct mim_plugin_info){
        .name = plugin->name,
        .version = plugin->version,
        .description = plugin->description,
        .license = plugin->license,
        .package = plugin->package,
        .manifest = plugin->path,
        .module = plugin->linked ? "" : plugin->module_path,
        .place = plugin->place,
        .formats = plugin->format_names,
        .state = plugin->state,
        .reason = plugin->reason,
        .shadowed_by = plugin->shadow ? plugin->shadow->path : "",
        .priority = plugin->priority,
        .loaded = plugin->loaded != NULL,
        .abi_major = plugin->abi.major,
        .abi_minor = plugin->abi.minor,
    };
    return 1;
}

/* The best plugin for one direction. */
static void
show_best(const struct mim_query *query, const struct mim_format *format, struct mim_format_info *info)
{
    struct mim_rank *ranks = NULL;
    size_t count = 0;
    if (mim_choice_plugins(query, format, &ranks, &count, NULL) != MIM_OK)
        return;
    if (count && ranks[0].unfit == MIM_OK) {
        const struct mim_server *best = &ranks[0].server;
        info->state = MIM_FORMAT_READY;
        if (!*info->plugin)
            info->plugin = best->plugin->name;
        *(query->writing ? &info->write : &info->read) = query->writing ? best->format->write : best->format->read;
    }
    free(ranks);
}

static const struct mim_server *
first_server(const struct mim_format *format)
{
    for (size_t i = 0; i < format->server_count; i++)
        if (format->servers[i].plugin->state != MIM_PLUGIN_SHADOWED)
            return &format->servers[i];
    return &format->hint;
}

/* Not ready: the state and reason of the strongest plugin that declares it, or the package of the hint. */
static void
show_absence(const struct mim_config *config, const struct mim_server *server, struct mim_format *format,
             struct mim_format_info *info)
{
    const struct mim_manifest *plugin = server->plugin;
    if (server == &format->hint) {
        info->state = MIM_FORMAT_NOT_INSTALLED;
        info->reason = plugin->package;
        return;
    }
    info->state = plugin->state == MIM_PLUGIN_BROKEN ? MIM_FORMAT_BROKEN : MIM_FORMAT_DISABLED;
    info->reason = plugin->reason;
    char reason[320];
    if (plugin->state == MIM_PLUGIN_READY &&
        mim_config_denies(config, NULL, NULL, format->name, reason, sizeof reason)) {
        free(format->denied);
        format->denied = strdup(reason);
        info->reason = format->denied ? format->denied : "";
    }
}

int
mim_context_format(struct mim_context *context, size_t i, struct mim_format_info *info)
{
    struct mim_query query = { .name = "" };
    if (mim_registry_query(context, &query, NULL) != MIM_OK || i >= query.catalog->format_count)
        return 0;
    struct mim_format *format = &query.catalog->formats[i];
    for (size_t j = 0; j < format->server_count; j++)
        probe_module(format->servers[j].plugin);

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
    show_best(&query, format, info);
    query.writing = true;
    show_best(&query, format, info);
    if (info->state != MIM_FORMAT_READY)
        show_absence(query.config, server, format, info);
    return 1;
}

const char *
mim_context_diagnostic(struct mim_context *context, size_t i)
{
    const struct mim_catalog *catalog = mim_registry_catalog(context, NULL);
    if (!catalog)
        return NULL;
    return i < catalog->diagnostics.count ? catalog->diagnostics.items[i]
                                          : mim_config_diagnostic(context->config, i - catalog->diagnostics.count);
}

const char *
mim_context_search_path(struct mim_context *context, size_t i)
{
    const struct mim_catalog *catalog = mim_registry_catalog(context, NULL);
    return catalog ? mim_texts_item(&catalog->places, i) : NULL;
}

const char *
mim_context_config_file(struct mim_context *context, size_t i)
{
    const struct mim_config *config = mim_context_config(context);
    return config ? mim_config_file(config, i) : NULL;
}

const char *
mim_context_config_value(struct mim_context *context, size_t i)
{
    const struct mim_config *config = mim_context_config(context);
    return config ? mim_config_value(config, i) : NULL;
}

enum mim_status
mim_context_load_plugin(struct mim_context *context, const char *name, struct mim_error *err)
{
    const struct mim_catalog *catalog = mim_registry_catalog(context, err);
    if (!catalog)
        return MIM_NOMEM;
    struct mim_manifest *manifest = mim_catalog_plugin(catalog, name);
    if (!manifest)
        return mim_fail(err, MIM_NO_PLUGIN, "no plugin is called %s", name);
    if (manifest->state == MIM_PLUGIN_DISABLED || manifest->state == MIM_PLUGIN_MASKED)
        return mim_fail(err, MIM_DISABLED, "the plugin %s is disabled: %s", name, manifest->reason);
    if (manifest->state == MIM_PLUGIN_BROKEN)
        return mim_fail(err, MIM_BROKEN_PLUGIN, "%s", manifest->reason);

    enum mim_status status = MIM_OK;
    for (size_t i = 0; status == MIM_OK && i < manifest->format_count; i++) {
        const struct mim_plugin *plugin;
        const struct mim_format_ops *ops;
        status = mim_registry_load(context, &(struct mim_candidate){ manifest->formats[i].name, manifest }, &plugin, &ops,
                                   err);
    }
    return status;
}

enum mim_status
mim_format_options(struct mim_context *context, const char *format, const char *plugin, int writing,
                   mim_option_visitor visit, void *user, struct mim_error *err)
{
    struct mim_query query = { .name = format, .format = format, .plugin = plugin, .writing = writing };
    struct mim_candidates candidates = { 0 };
    enum mim_status status = mim_registry_query(context, &query, err);
    if (status == MIM_OK)
        status = mim_registry_find(&query, &candidates, err);
    if (status != MIM_OK)
        return status;

    const struct mim_plugin *code;
    const struct mim_format_ops *ops;
    status = MIM_BROKEN_PLUGIN;
    for (size_t i = 0; status == MIM_BROKEN_PLUGIN && i < candidates.count; i++)
        status = mim_registry_load(context, &candidates.items[i], &code, &ops, err);
    mim_candidates_clear(&candidates);
    if (status != MIM_OK)
        return status;

    struct mim_option_table table = { .writing = writing };
    table.rows = writing ? ops->writer->options : ops->reader->options;
    table.count = writing ? ops->writer->option_count : ops->reader->option_count;
    const struct mim_option *row;
    for (uint32_t i = 0; (row = mim_option_row(&table, i)); i++) {
        struct mim_option_scratch scratch;
        struct mim_option_info info;
        mim_option_describe(row, &scratch, &info);
        visit(user, &info);
    }
    return MIM_OK;
}
