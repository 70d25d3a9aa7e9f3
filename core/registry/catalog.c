/* SPDX-License-Identifier: MIT */
/* The catalog: formats built from manifests and hints. */
#include "registry/catalog.h"

#include <stdlib.h>
#include <string.h>

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

struct mim_format *
mim_catalog_format(const struct mim_catalog *catalog, const char *name)
{
    for (size_t i = 0; i < catalog->format_count; i++)
        if (!strcmp(catalog->formats[i].name, name))
            return &catalog->formats[i];
    return NULL;
}

static struct mim_format *
add_format(struct mim_catalog *catalog, const struct mim_manifest_format *declared)
{
    if (!MIM_GROW(catalog->formats, catalog->format_count))
        return NULL;
    struct mim_format *format = &catalog->formats[catalog->format_count++];
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

/* Formats that only replaced manifests declare do not exist. */
static bool
add_formats_of(struct mim_catalog *catalog, struct mim_manifest *plugin)
{
    for (size_t i = 0; i < plugin->format_count; i++) {
        const struct mim_manifest_format *declared = &plugin->formats[i];
        struct mim_format *format = mim_catalog_format(catalog, declared->name);
        if (!format && plugin->state != MIM_PLUGIN_SHADOWED && !(format = add_format(catalog, declared)))
            return false;
        if (format && !add_server(format, plugin, declared))
            return false;
    }
    return true;
}

static bool
add_hints_of(struct mim_catalog *catalog, struct mim_manifest *hint)
{
    for (size_t i = 0; i < hint->format_count; i++) {
        struct mim_format *format = mim_catalog_format(catalog, hint->formats[i].name);
        if (!format && !(format = add_format(catalog, &hint->formats[i])))
            return false;
        if (!format->hint.plugin)
            format->hint = (struct mim_server){ hint, &hint->formats[i] };
    }
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
    for (size_t i = 0; i < catalog->manifest_count; i++)
        if (!add_formats_of(catalog, catalog->manifests[i]))
            return false;
    for (size_t i = 0; i < catalog->hint_count; i++)
        if (!add_hints_of(catalog, catalog->hints[i]))
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
