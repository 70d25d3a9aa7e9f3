/* SPDX-License-Identifier: MIT */
/* A manifest: its formats, its state in a catalog, and its end. */
#include "registry/manifest.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

bool
mim_abi_accepts(struct mim_abi host, struct mim_abi plugin, char *reason, size_t reason_size)
{
    if (plugin.major != host.major)
        snprintf(reason, reason_size, "it is built for ABI %d.%d, and this libmim has %d.%d", plugin.major,
                 plugin.minor, host.major, host.minor);
    else if (plugin.needs > host.minor)
        snprintf(reason, reason_size, "it needs ABI %d.%d or later, and this libmim has %d.%d", plugin.major,
                 plugin.needs, host.major, host.minor);
    else
        return true;
    return false;
}

bool
mim_name_valid(const char *name, size_t length)
{
    if (!length || length > 31 || *name == '-')
        return false;
    for (size_t i = 0; i < length; i++)
        if (!strchr("abcdefghijklmnopqrstuvwxyz0123456789-", name[i]) || !name[i])
            return false;
    return true;
}

static void
clear_format(struct mim_manifest_format *format)
{
    for (size_t i = 0; i < format->magic_count; i++)
        mim_magic_destroy(format->magic[i]);
    free(format->magic);
    free(format->name);
    free(format->title);
    free(format->mime);
    free(format->extensions);
    free(format->read);
    free(format->write);
}

static void
clear_list(struct mim_manifest_list *list)
{
    for (size_t i = 0; i < list->count; i++)
        clear_format(&list->items[i]);
    free(list->items);
    free(list->names);
}

void
mim_manifest_destroy(struct mim_manifest *manifest)
{
    if (!manifest)
        return;
    clear_list(&manifest->formats);
    clear_list(&manifest->schemes);
    char *const texts[] = {
        manifest->name,          manifest->version,          manifest->module,      manifest->description,
        manifest->license,       manifest->package,          manifest->origin.path, manifest->origin.file,
        manifest->origin.module, manifest->origin.directory, manifest->reason,      manifest->failure,
        manifest->origin.ignored,
    };
    for (size_t i = 0; i < sizeof texts / sizeof *texts; i++)
        free(texts[i]);
    free(manifest);
}

bool
mim_manifest_settle(struct mim_manifest *manifest, enum mim_plugin_state state, const char *reason)
{
    char *copy = strdup(reason);
    if (!copy)
        return false;
    free(manifest->reason);
    manifest->reason = copy;
    manifest->state = state;
    return true;
}

const struct mim_manifest_format *
mim_manifest_format(const struct mim_manifest *manifest, const char *format)
{
    for (size_t i = 0; i < manifest->formats.count; i++)
        if (!strcmp(manifest->formats.items[i].name, format))
            return &manifest->formats.items[i];
    return NULL;
}

const struct mim_transport_ops *const *
mim_plugin_transports(const struct mim_plugin *plugin)
{
    return MIM_HAS(plugin, transports) ? plugin->transports : NULL;
}
