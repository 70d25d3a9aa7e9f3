/* SPDX-License-Identifier: MIT */
/* Sources that are only a URI get their bytes from a transport. */
#include "transport/resolve.h"

#include <ctype.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/auxv.h>

#include "base/context-priv.h"
#include "base/error.h"
#include "base/string-list.h"
#include "io/source.h"
#include "io/uri.h"
#include "plugin/operation.h"
#include "registry/choice.h"
#include "registry/policy.h"
#include "transport/transport.h"

#define LONGEST_SCHEME 31

struct location {
    const char *uri, *name;
    char scheme[LONGEST_SCHEME + 1]; /* in lower case */
};

static struct location
locate(const struct mim_source *source)
{
    struct location location = { .uri = mim_source_uri(source), .name = mim_source_name(source) };
    size_t length = mim_uri_scheme(location.uri);
    for (size_t i = 0; i < length && i < LONGEST_SCHEME; i++)
        location.scheme[i] = (char)tolower((unsigned char)location.uri[i]);
    return location;
}

static enum mim_status
fail_not_installed(const struct mim_query *query, const struct mim_format *scheme, const struct location *location,
                   struct mim_error *err)
{
    const struct mim_manifest *hint = scheme ? scheme->hint.plugin : NULL;
    const char *refusal = hint ? mim_catalog_refusal(query->catalog, hint->name) : NULL;
    if (refusal)
        return mim_fail(err, MIM_BROKEN_PLUGIN, "%.300s: the plugin %s for %s cannot be used: %s", location->name, hint->name,
                        location->scheme, refusal);
    bool has_package = hint && *hint->package;
    return mim_fail(err, MIM_NO_PLUGIN, "%.300s: no installed transport reads %s%s%s", location->name, location->scheme,
                    has_package ? ". Install the package " : "", has_package ? hint->package : "");
}

static enum mim_status
fail_unfit(const struct mim_rank *unfit, const struct location *location, struct mim_error *err)
{
    const struct mim_manifest *plugin = unfit->server.plugin;
    mim_fail(err, unfit->unfit, "%.300s: the plugin %s for %s %s: %s", location->name, plugin->name, location->scheme,
             unfit->unfit == MIM_DISABLED ? "is disabled" : "cannot be used", unfit->reason);
    if (err)
        snprintf(err->plugin, sizeof err->plugin, "%s", plugin->name);
    return unfit->unfit;
}

/* The best plugin for the scheme. */
static enum mim_status
choose_plugin(const struct mim_operation *operation, const struct location *location, struct mim_manifest **out,
              struct mim_error *err)
{
    struct mim_query query = { .name = location->name, .plugins = operation->allowed.plugins, .is_scheme = true };
    struct mim_rank *ranks = NULL;
    size_t count = 0;
    enum mim_status status = mim_registry_query(operation->context, &query, err);
    if (status == MIM_OK)
        status = mim_policy_check(query.catalog->fault, err);
    if (status != MIM_OK)
        return status;
    const struct mim_format *scheme = mim_catalog_scheme(query.catalog, location->scheme);
    if (scheme)
        status = mim_rank_plugins(&query, scheme, &ranks, &count, err);
    const struct mim_rank *unfit = mim_rank_find_reason(ranks, count);
    if (status == MIM_OK && count && ranks[0].unfit == MIM_OK)
        *out = ranks[0].server.plugin;
    else if (status == MIM_OK)
        status = unfit ? fail_unfit(unfit, location, err) : fail_not_installed(&query, scheme, location, err);
    free(ranks);
    return status;
}

/* The code's ops for a scheme. It has all that the manifest declares. */
static const struct mim_transport_ops *
find_ops(const struct mim_plugin *plugin, const char *scheme)
{
    const struct mim_transport_ops *const *ops = mim_plugin_transports(plugin);
    while (mim_words_find((*ops)->schemes, scheme) < 0)
        ops++;
    return *ops;
}

static enum mim_status
open_transport(struct mim_transport **out, struct mim_operation *operation, const struct location *location,
               bool *is_missing, struct mim_error *err)
{
    struct mim_manifest *manifest = NULL;
    const struct mim_plugin *plugin = NULL;
    if (getauxval(AT_SECURE))
        return mim_fail(err, MIM_DISABLED, "%.300s: programs with raised privileges read local files only", location->name);
    enum mim_status status = choose_plugin(operation, location, &manifest, err);
    if (status == MIM_OK)
        status = mim_registry_load_plugin(operation->context, manifest, &plugin, err);
    if (status != MIM_OK)
        return status;
    const struct mim_transport_target target = { plugin, find_ops(plugin, location->scheme), location->uri, location->name };
    return mim_transport_open(out, operation, &target, is_missing, err);
}

enum mim_status
mim_source_resolve(struct mim_operation *operation, struct mim_source **source, bool *is_missing, struct mim_error *err)
{
    *is_missing = false;
    if (!mim_source_is_located(*source))
        return MIM_OK;
    const struct location location = locate(*source);
    struct mim_transport *transport;
    enum mim_status status = open_transport(&transport, operation, &location, is_missing, err);
    if (status != MIM_OK)
        return status;
    bool has_ranges = transport->info.flags & MIM_TRANSPORT_RANGES;
    const struct mim_source_feed feed = {
        .read = mim_transport_read,
        .close = mim_transport_close,
        .user = transport,
        .size = has_ranges ? transport->info.size : MIM_UNKNOWN,
        .is_remote = has_ranges,
    };
    struct mim_source *resolved;
    status = mim_source_open_feed(&resolved, &feed, location.name, err);
    if (status != MIM_OK) {
        mim_transport_close(transport);
        return status;
    }
    mim_source_close(*source);
    *source = resolved;
    return MIM_OK;
}
