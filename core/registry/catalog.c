/* SPDX-License-Identifier: MIT */
/* The catalog: formats built from manifests and hints. */
#include "registry/catalog.h"

#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "base/array.h"

bool
mim_catalog_add(struct mim_manifest ***list, size_t *count, struct mim_manifest *manifest)
{
    if (!MIM_GROW(*list, *count)) {
        mim_manifest_destroy(manifest);
        return false;
    }
    (*list)[(*count)++] = manifest;
    return true;
}

static struct mim_format *
find_format(struct mim_format *list, size_t count, const char *name)
{
    for (size_t i = 0; i < count; i++)
        if (!strcmp(list[i].name, name))
            return &list[i];
    return NULL;
}

struct mim_format *
mim_catalog_format(const struct mim_catalog *catalog, const char *name)
{
    return find_format(catalog->formats, catalog->format_count, name);
}

struct mim_format *
mim_catalog_scheme(const struct mim_catalog *catalog, const char *name)
{
    return find_format(catalog->schemes, catalog->scheme_count, name);
}

static struct mim_format *
add_format(struct mim_format **list, size_t *count, const struct mim_manifest_format *declared)
{
    if (!MIM_GROW(*list, *count))
        return NULL;
    struct mim_format *format = &(*list)[(*count)++];
    *format = (struct mim_format){ .name = declared->name, .title = declared->title };
    return format;
}

static bool
add_server(struct mim_format *format, struct mim_manifest *plugin, const struct mim_manifest_format *declared)
{
    if (!MIM_GROW(format->servers, format->server_count))
        return false;
    format->servers[format->server_count++] = (struct mim_server){ plugin, declared };
    return true;
}

/* Formats or schemes of a plugin. Those that only replaced manifests declare do not exist. */
static bool
add_declared(struct mim_format **list, size_t *count, struct mim_manifest *plugin, const struct mim_manifest_list *declared)
{
    for (size_t i = 0; i < declared->count; i++) {
        const struct mim_manifest_format *item = &declared->items[i];
        struct mim_format *format = find_format(*list, *count, item->name);
        if (!format && plugin->state != MIM_PLUGIN_SHADOWED && !(format = add_format(list, count, item)))
            return false;
        if (format && !add_server(format, plugin, item))
            return false;
    }
    return true;
}

static bool
add_hinted(struct mim_format **list, size_t *count, struct mim_manifest *hint, const struct mim_manifest_list *declared)
{
    for (size_t i = 0; i < declared->count; i++) {
        const struct mim_manifest_format *item = &declared->items[i];
        struct mim_format *format = find_format(*list, *count, item->name);
        if (!format && !(format = add_format(list, count, item)))
            return false;
        if (!format->hint.plugin)
            format->hint = (struct mim_server){ hint, item };
    }
    return true;
}

typedef bool add_function(struct mim_format **, size_t *, struct mim_manifest *, const struct mim_manifest_list *);

static bool
add_all(struct mim_catalog *catalog, struct mim_manifest *const *manifests, size_t count, add_function *add)
{
    for (size_t i = 0; i < count; i++)
        if (!add(&catalog->formats, &catalog->format_count, manifests[i], &manifests[i]->formats) ||
            !add(&catalog->schemes, &catalog->scheme_count, manifests[i], &manifests[i]->schemes))
            return false;
    return true;
}

static int
by_name(const void *a, const void *b)
{
    return strcmp(((const struct mim_format *)a)->name, ((const struct mim_format *)b)->name);
}

bool
mim_catalog_make_formats(struct mim_catalog *catalog)
{
    if (!add_all(catalog, catalog->manifests, catalog->manifest_count, add_declared) ||
        !add_all(catalog, catalog->hints, catalog->hint_count, add_hinted))
        return false;
    if (catalog->format_count)
        qsort(catalog->formats, catalog->format_count, sizeof *catalog->formats, by_name);
    return true;
}

static void
destroy_one(struct mim_catalog *catalog)
{
    for (size_t i = 0; i < catalog->manifest_count; i++)
        mim_manifest_destroy(catalog->manifests[i]);
    for (size_t i = 0; i < catalog->hint_count; i++)
        mim_manifest_destroy(catalog->hints[i]);
    for (size_t i = 0; i < catalog->format_count; i++) {
        free(catalog->formats[i].servers);
        free(catalog->formats[i].denied);
    }
    for (size_t i = 0; i < catalog->scheme_count; i++)
        free(catalog->schemes[i].servers);
    free(catalog->schemes);
    free(catalog->fault);
    free(catalog->manifests);
    free(catalog->hints);
    free(catalog->formats);
    mim_string_list_clear(&catalog->search_path);
    mim_string_list_clear(&catalog->diagnostics);
    mim_string_list_clear(&catalog->refused);
    mim_string_list_clear(&catalog->refusals);
    free(catalog);
}

void
mim_catalog_destroy(struct mim_catalog *catalog)
{
    while (catalog) {
        struct mim_catalog *older = catalog->older;
        destroy_one(catalog);
        catalog = older;
    }
}

struct mim_manifest *
mim_catalog_plugin(const struct mim_catalog *catalog, const char *name)
{
    for (size_t i = 0; i < catalog->manifest_count; i++)
        if (catalog->manifests[i]->state != MIM_PLUGIN_SHADOWED && !strcmp(catalog->manifests[i]->name, name))
            return catalog->manifests[i];
    return NULL;
}

const char *
mim_catalog_refusal(const struct mim_catalog *catalog, const char *plugin)
{
    size_t stem = strlen(plugin);
    for (size_t i = 0; i < catalog->refused.count; i++)
        if (!strncmp(catalog->refused.items[i], plugin, stem) && !strcmp(catalog->refused.items[i] + stem, ".ini"))
            return catalog->refusals.items[i];
    return NULL;
}

static bool
has_name(const struct mim_format *list, size_t count, const char *name)
{
    for (size_t i = 0; name && i < count; i++)
        if (!strcasecmp(list[i].name, name))
            return true;
    return false;
}

bool
mim_catalog_knows(const void *user, const struct mim_policy_subject *subject)
{
    const struct mim_catalog *catalog = user;
    const char *plugin = subject->plugin;
    if (has_name(catalog->formats, catalog->format_count, subject->format) ||
        has_name(catalog->schemes, catalog->scheme_count, subject->scheme))
        return true;
    if (!plugin)
        return false;
    for (size_t i = 0; i < catalog->manifest_count; i++)
        if (!strcasecmp(catalog->manifests[i]->name, plugin))
            return true;
    for (size_t i = 0; i < catalog->hint_count; i++)
        if (!strcasecmp(catalog->hints[i]->name, plugin))
            return true;
    return mim_catalog_refusal(catalog, plugin) != NULL;
}
