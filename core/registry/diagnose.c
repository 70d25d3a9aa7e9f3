/* SPDX-License-Identifier: MIT */
/* Explains in an error why nothing opens a file: unknown format, plugin not installed, broken or disabled. */
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/error.h"
#include "base/nearest.h"
#include "io/source.h"
#include "registry/rank.h"

static const char *
verb_of(const struct mim_query *query)
{
    return query->writing ? "writes" : "reads";
}

/* Appends to `text`; a text that does not fit ends in "...". */
static void
append_word(char *text, size_t size, const char *separator, const char *word)
{
    size_t used = strlen(text);
    int added = snprintf(text + used, size - used, "%s%s", used ? separator : "", word);
    if ((size_t)added >= size - used && size > 4)
        strcpy(text + size - 4, "...");
}

static bool
is_usable(const struct mim_query *query, const struct mim_format *format)
{
    struct mim_rank *ranks = NULL;
    size_t count = 0;
    bool found = mim_rank_plugins(query, format, &ranks, &count, NULL) == MIM_OK && count && ranks[0].unfit == MIM_OK;
    free(ranks);
    return found;
}

static void
list_formats(const struct mim_query *query, char *text, size_t size, bool extensions)
{
    *text = '\0';
    for (size_t i = 0; i < query->catalog->format_count; i++) {
        const struct mim_format *format = &query->catalog->formats[i];
        if (!is_usable(query, format))
            continue;
        const char *words = extensions ? format->servers[0].format->extensions : format->name;
        append_word(text, size, " ", words);
    }
    if (!*text)
        append_word(text, size, "", "none");
}

/* A module without a manifest, in a directory of the search path. */
static bool
find_bare_module(const struct mim_catalog *catalog, const char *name, char *text, size_t size)
{
    char path[PATH_MAX];
    if (!mim_name_valid(name, strlen(name)) || mim_catalog_plugin(catalog, name))
        return false;
    for (size_t i = 0; i < catalog->search_path.count; i++) {
        int length = snprintf(path, sizeof path, "%s/%s.so", catalog->search_path.items[i], name);
        if ((size_t)length < sizeof path && !access(path, F_OK)) {
            snprintf(text, size, "%s has no manifest, expected %.*s.ini", path, length - 3, path);
            return true;
        }
    }
    return false;
}

/* The first fault on the search path, the one of plugin `name` before others. "" if there is none. */
static void
describe_fault(const struct mim_catalog *catalog, const char *name, char *text, size_t size)
{
    const char *refusal = mim_catalog_refusal(catalog, name);
    const struct mim_string_list *diagnostics = &catalog->diagnostics;
    *text = '\0';
    if (refusal)
        snprintf(text, size, "%s", refusal);
    else if (!find_bare_module(catalog, name, text, size) && diagnostics->count)
        snprintf(text, size, "%s", diagnostics->items[0]);
    for (size_t i = 0; !*text && i < catalog->manifest_count; i++) {
        const char *ignored = catalog->manifests[i]->origin.ignored;
        snprintf(text, size, "%.*s", (int)strcspn(ignored, "\n"), ignored);
    }
}

/* Appends to an error the fault that may be its reason. */
static enum mim_status
add_fault(const struct mim_catalog *catalog, const char *name, enum mim_status status, struct mim_error *err)
{
    char fault[2 * PATH_MAX + 64];
    describe_fault(catalog, name, fault, sizeof fault);
    if (*fault && err)
        append_word(err->message, sizeof err->message, ". Ignored: ", fault);
    return status;
}

enum mim_status
mim_diagnose_name(const struct mim_catalog *catalog, const char *name, struct mim_error *err)
{
    char installed[300] = "";
    struct mim_nearest nearest = { .wanted = name };
    const char *refusal = mim_catalog_refusal(catalog, name);
    if (refusal)
        return mim_fail(err, MIM_BROKEN_PLUGIN, "the plugin %s cannot be used: %s", name, refusal);
    for (size_t i = 0; i < catalog->manifest_count; i++) {
        mim_nearest_offer(&nearest, catalog->manifests[i]->name);
        if (catalog->manifests[i]->state == MIM_PLUGIN_READY)
            append_word(installed, sizeof installed, " ", catalog->manifests[i]->name);
    }
    for (size_t i = 0; i < catalog->hint_count; i++) {
        const struct mim_manifest *hint = catalog->hints[i];
        if (!strcmp(hint->name, name) && *hint->package)
            return mim_fail(err, MIM_NO_PLUGIN, "the plugin %s is not installed. Install the package %s", name,
                            hint->package);
    }
    char bare[PATH_MAX * 2 + 64];
    if (nearest.found && !find_bare_module(catalog, name, bare, sizeof bare))
        return mim_fail(err, MIM_NO_PLUGIN, "no plugin is called %s; did you mean %s?", name, nearest.found);
    mim_fail(err, MIM_NO_PLUGIN, "no plugin is called %s; installed are %s", name, *installed ? installed : "none");
    return add_fault(catalog, name, MIM_NO_PLUGIN, err);
}

static enum mim_status
fail_name_of_format(const struct mim_query *query, struct mim_error *err)
{
    char known[300], name[80];
    list_formats(query, known, sizeof known, false);
    snprintf(name, sizeof name, "x.%.70s", query->format);
    for (size_t i = 0; i < query->catalog->format_count; i++) {
        const struct mim_format *format = &query->catalog->formats[i];
        for (size_t j = 0; j < format->server_count; j++)
            if (mim_extension_match(format->servers[j].format->extensions, name, NULL))
                return mim_fail(err, MIM_UNKNOWN_FORMAT, "no format is called %s; files named .%s are %s",
                                query->format, query->format, format->name);
    }
    return mim_fail(err, MIM_UNKNOWN_FORMAT, "no format is called %s; known are %s", query->format, known);
}

/* The part of a path after the last dot of its name, or "". */
static const char *
extension_of(const char *path)
{
    const char *slash = strrchr(path, '/'), *dot = strrchr(slash ? slash : path, '.');
    return dot ? dot + 1 : "";
}

static enum mim_status
fail_extension(const struct mim_query *query, struct mim_error *err)
{
    char known[300];
    list_formats(query, known, sizeof known, true);
    const char *extension = extension_of(query->name);
    if (!*extension)
        return mim_fail(err, MIM_UNKNOWN_FORMAT,
                        "%s: no extension to choose a format by; name the format, or use one of %s", query->name,
                        known);
    mim_fail(err, MIM_UNKNOWN_FORMAT, "%s: no format has the extension .%s; known are %s", query->name, extension, known);
    return add_fault(query->catalog, extension, MIM_UNKNOWN_FORMAT, err);
}

/* The first bytes of the file, as in "47 49 46 38". */
static void
show_bytes(struct mim_source *source, char *text, size_t size)
{
    uint8_t bytes[8];
    int64_t count = mim_source_read_at(source, bytes, sizeof bytes, 0, NULL);
    *text = '\0';
    for (int64_t i = 0; i < count; i++) {
        char byte[4];
        snprintf(byte, sizeof byte, "%02x", bytes[i]);
        append_word(text, size, " ", byte);
    }
}

enum mim_status
mim_diagnose_format(const struct mim_query *query, const struct mim_match *matches, size_t count, struct mim_error *err)
{
    if (query->format)
        return fail_name_of_format(query, err);
    if (query->writing)
        return fail_extension(query, err);

    char bytes[40];
    show_bytes(query->source, bytes, sizeof bytes);
    if (!*bytes)
        return mim_fail(err, MIM_UNKNOWN_FORMAT, "%s is empty", query->name);
    if (count)
        mim_fail(err, MIM_UNKNOWN_FORMAT, "%s is not %s, nor any other known format: it begins with %s", query->name,
                 matches[0].format->name, bytes);
    else
        mim_fail(err, MIM_UNKNOWN_FORMAT, "%s: unknown format: it begins with %s", query->name, bytes);
    return add_fault(query->catalog, extension_of(query->name), MIM_UNKNOWN_FORMAT, err);
}

/* The plugin named by the caller is not installed, or does not support the format. */
static enum mim_status
fail_named_plugin(const struct mim_query *query, const struct mim_match *match, struct mim_error *err)
{
    const struct mim_manifest *plugin = mim_catalog_plugin(query->catalog, query->plugin);
    if (plugin)
        return mim_fail(err, MIM_ARGUMENT, "%s: this is %s, and the plugin %s does not %s it; it supports %s",
                        query->name, match->format->title, plugin->name, query->writing ? "write" : "read",
                        plugin->formats.names);
    return mim_diagnose_name(query->catalog, query->plugin, err);
}

static enum mim_status
fail_not_installed(const struct mim_query *query, const struct mim_match *match, struct mim_error *err)
{
    const struct mim_manifest *hint = match->format->hint.plugin;
    const struct mim_manifest *installed = hint ? mim_catalog_plugin(query->catalog, hint->name) : NULL;
    if (installed && installed->state == MIM_PLUGIN_READY)
        return mim_fail(err, MIM_NO_PLUGIN,
                        "%s: this is %s, and the installed version of the plugin %s does not support it", query->name,
                        match->format->title, installed->name);
    const char *refusal = hint ? mim_catalog_refusal(query->catalog, hint->name) : NULL;
    if (refusal)
        return mim_fail(err, MIM_BROKEN_PLUGIN, "%s: this is %s, and its plugin %s cannot be used: %s", query->name,
                        match->format->title, hint->name, refusal);
    if (hint && !*hint->package)
        return mim_fail(err, MIM_NO_PLUGIN, "%s: this is %s; no plugin for it is known to this build", query->name,
                        match->format->title);
    return mim_fail(err, MIM_NO_PLUGIN, "%s: this is %s, and no installed plugin %s it%s%s", query->name,
                    match->format->title, verb_of(query), hint ? ". Install the package " : "",
                    hint ? hint->package : "");
}

const struct mim_rank *
mim_rank_find_reason(const struct mim_rank *ranks, size_t count)
{
    static const enum mim_status order[] = { MIM_BROKEN_PLUGIN, MIM_DISABLED, MIM_UNSUPPORTED };
    for (size_t i = 0; i < sizeof order / sizeof *order; i++)
        for (size_t j = 0; j < count; j++)
            if (ranks[j].unfit == order[i])
                return &ranks[j];
    return NULL;
}

enum mim_status
mim_diagnose_plugin(const struct mim_query *query, const struct mim_match *match, const struct mim_rank *ranks,
                    size_t count, struct mim_error *err)
{
    const struct mim_rank *own = NULL;
    for (size_t i = 0; query->plugin && i < count; i++)
        if (!strcmp(ranks[i].server.plugin->name, query->plugin) && ranks[i].unfit != MIM_NO_PLUGIN)
            own = &ranks[i];
    if (query->plugin && (!own || own->unfit == MIM_UNSUPPORTED))
        return fail_named_plugin(query, match, err);

    const struct mim_rank *unfit = own ? own : mim_rank_find_reason(ranks, count);
    if (!unfit)
        return fail_not_installed(query, match, err);
    const struct mim_manifest *plugin = unfit->server.plugin;
    enum mim_status status = unfit->unfit;
    if (status == MIM_UNSUPPORTED)
        mim_fail(err, status, "%s: this is %s, and no installed plugin %s it", query->name, match->format->title,
                 verb_of(query));
    else
        mim_fail(err, status, "%s: this is %s, and its plugin %s %s: %s", query->name, match->format->title,
                 plugin->name, status == MIM_DISABLED ? "is disabled" : "cannot be used", unfit->reason);
    if (err)
        snprintf(err->plugin, sizeof err->plugin, "%s", plugin->name);
    return status;
}
