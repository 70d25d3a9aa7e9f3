/* SPDX-License-Identifier: MIT */
/* Reads the manifests of all directories, strongest first, and decides the state of each. */
#include "registry/discover.h"

#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/sysmacros.h>

#include "base/context-priv.h"
#include "base/error.h"
#include "base/log.h"
#include "registry/config.h"
#include "registry/ini-directory.h"
#include "registry/loader.h"
#include "registry/search-path.h"

struct building {
    struct mim_catalog *catalog;
    const struct mim_catalog_inputs *inputs;
    struct mim_search_path search_path;
    size_t rank; /* of the directory being read */
    struct mim_string_list masks,
        mask_paths; /* links to /dev/null, which disable the same name in weaker directories */
    bool is_out_of_memory;
};

static const struct mim_manifest *
find_stronger(const struct mim_catalog *catalog, const char *file)
{
    for (size_t i = 0; i < catalog->manifest_count; i++)
        if (catalog->manifests[i]->state != MIM_PLUGIN_SHADOWED && !strcmp(catalog->manifests[i]->origin.file, file))
            return catalog->manifests[i];
    return NULL;
}

/* The path of the mask, or NULL. */
static const char *
find_mask(const struct building *building, const char *file)
{
    for (size_t i = 0; i < building->masks.count; i++)
        if (!strcmp(building->masks.items[i], file))
            return building->mask_paths.items[i];
    return NULL;
}

/* Where a policy names licenses, the module must have a note, and its license is that of the manifest. */
static bool
settle_license(const struct mim_config *config, struct mim_manifest *manifest)
{
    char policy[300], reason[600];
    struct mim_error err = { 0 };
    bool has_note;
    if (manifest->origin.kind == MIM_DIRECTORY_LINKED || !mim_config_asks_license(config, policy, sizeof policy))
        return true;
    enum mim_status status = mim_loader_inspect(manifest->origin.module, manifest, &has_note, &err);
    if (status != MIM_OK)
        return status != MIM_NOMEM && mim_manifest_settle(manifest, MIM_PLUGIN_BROKEN, err.message);
    snprintf(reason, sizeof reason, "%s: %.200s has no note with its license", policy, manifest->origin.module);
    return has_note || mim_manifest_settle(manifest, MIM_PLUGIN_DISABLED, reason);
}

/* A policy may deny a plugin, or each of its formats and schemes. */
static bool
is_denied(const struct mim_config *config, const struct mim_manifest *manifest, char *reason, size_t size)
{
    const struct mim_policy_subject whole = { .plugin = manifest->name, .license = manifest->license };
    bool denied = mim_config_denies(config, &whole, reason, size);
    struct mim_policy_subject part = whole;
    for (size_t i = 0; !denied && i < manifest->formats.count; i++) {
        part.format = manifest->formats.items[i].name;
        if (!mim_config_denies(config, &part, reason, size))
            return false;
    }
    part.format = NULL;
    for (size_t i = 0; !denied && i < manifest->schemes.count; i++) {
        part.scheme = manifest->schemes.items[i].name;
        if (!mim_config_denies(config, &part, reason, size))
            return false;
    }
    return true;
}

/* A manifest may be replaced or masked by a stronger directory, have the wrong ABI, or be denied by policy. */
static bool
settle_state(const struct building *building, struct mim_manifest *manifest)
{
    char reason[600];
    const struct mim_manifest *stronger = find_stronger(building->catalog, manifest->origin.file);
    const char *mask = find_mask(building, manifest->origin.file);
    if (stronger) {
        manifest->shadow = stronger;
        snprintf(reason, sizeof reason, "replaced by %s", stronger->origin.path);
        return mim_manifest_settle(manifest, MIM_PLUGIN_SHADOWED, reason);
    }
    if (mask) {
        snprintf(reason, sizeof reason, "masked by %s, a link to /dev/null", mask);
        return mim_manifest_settle(manifest, MIM_PLUGIN_MASKED, reason);
    }
    if (!mim_abi_accepts(MIM_HOST_ABI, manifest->abi, reason, sizeof reason))
        return mim_manifest_settle(manifest, MIM_PLUGIN_BROKEN, reason);
    if (is_denied(building->inputs->config, manifest, reason, sizeof reason))
        return mim_manifest_settle(manifest, MIM_PLUGIN_DISABLED, reason);
    return settle_license(building->inputs->config, manifest);
}

/* A plugin that failed in this context stays quarantined when directories are read again. */
static bool
keep_quarantine(const struct mim_catalog *older, struct mim_manifest *manifest)
{
    for (; older; older = older->older)
        for (size_t i = 0; i < older->manifest_count; i++) {
            const struct mim_manifest *before = older->manifests[i];
            if (before->is_quarantined && !strcmp(before->origin.path, manifest->origin.path) &&
                !strcmp(before->name, manifest->name) && manifest->state == MIM_PLUGIN_READY)
                return manifest->is_quarantined = mim_manifest_settle(manifest, MIM_PLUGIN_BROKEN, before->reason);
        }
    return true;
}

/* Records why a file or directory (name NULL) is ignored. */
static bool
refuse_file(void *user, const char *name, const char *reason)
{
    struct mim_catalog *catalog = ((struct building *)user)->catalog;
    return mim_string_list_add(&catalog->diagnostics, "%s", reason) &&
           (!name || (mim_string_list_add(&catalog->refused, "%s", name) &&
                      mim_string_list_add(&catalog->refusals, "%s", reason)));
}

/* Finds the module: next to the manifest, or anywhere when the manifest is the administrator's. */
static enum mim_status
set_module_path(struct mim_manifest *manifest, const struct mim_search_directory *place, struct mim_error *err)
{
    const char *module = manifest->module;
    bool plain = !strchr(module, '/') && *module && strcmp(module, ".") && strcmp(module, "..");
    if (!plain && (place->kind != MIM_DIRECTORY_ADMIN || *module != '/'))
        return mim_fail(err, MIM_BROKEN_PLUGIN,
                        "%s: module = %s: expected the plain name of a file in the same directory",
                        manifest->origin.path, module);
    int size = plain ? asprintf(&manifest->origin.module, "%s/%s", place->path, module)
                     : asprintf(&manifest->origin.module, "%s", module);
    if (size >= 0)
        return MIM_OK;
    manifest->origin.module = NULL;
    return mim_fail_nomem(err, manifest->origin.path);
}

static enum mim_status
locate_manifest(struct mim_manifest *manifest, const struct mim_search_directory *place, size_t rank,
                const struct mim_ini_file *file, struct mim_error *err)
{
    manifest->origin.path = strdup(file->path);
    manifest->origin.file = strdup(file->name);
    manifest->origin.directory = strdup(place->path);
    manifest->origin.kind = place->kind;
    manifest->origin.rank = rank;
    if (!manifest->origin.path || !manifest->origin.file || !manifest->origin.directory)
        return mim_fail_nomem(err, file->path);

    size_t stem = strlen(file->name) - strlen(".ini");
    if (strncmp(manifest->name, file->name, stem) || manifest->name[stem])
        return mim_fail(err, MIM_BROKEN_PLUGIN, "%s: name = %s: a manifest must have the name of its plugin",
                        file->path, manifest->name);
    return set_module_path(manifest, place, err);
}

static bool
add_manifest(struct building *building, const struct mim_search_directory *place, const struct mim_ini_file *file)
{
    struct mim_manifest *manifest = NULL;
    struct mim_error err = { 0 };
    const struct mim_manifest_text text = { .path = file->path, .data = file->text, .size = file->size };
    enum mim_status status = mim_manifest_parse(&manifest, MIM_MANIFEST_PLUGIN, &text, &err);
    if (status == MIM_OK)
        status = locate_manifest(manifest, place, building->rank, file, &err);
    if (status != MIM_OK) {
        mim_manifest_destroy(manifest);
        return status != MIM_NOMEM && refuse_file(building, file->name, err.message);
    }
    if (settle_state(building, manifest) && keep_quarantine(building->inputs->older, manifest))
        return mim_catalog_add(&building->catalog->manifests, &building->catalog->manifest_count, manifest);
    mim_manifest_destroy(manifest);
    return false;
}

static bool
is_null_device(const struct stat *facts)
{
    return S_ISCHR(facts->st_mode) && facts->st_rdev == makedev(1, 3);
}

/* Whether the file may be trusted. Warnings go to the log, refusals to the diagnostics. */
static bool
is_trusted(struct building *building, const char *name, const char *path, const struct stat *facts)
{
    char reason[PATH_MAX * 2 + 100];
    enum mim_trust trust = mim_search_path_trust(path, facts, reason, sizeof reason);
    if (trust == MIM_TRUST_WARN)
        mim_log(building->inputs->context, MIM_LOG_WARNING, "%s", reason);
    if (trust == MIM_TRUST_NO)
        building->is_out_of_memory = !refuse_file(building, name, reason);
    return trust != MIM_TRUST_NO;
}

static bool
visit_directory(void *user, const char *path, const struct stat *facts)
{
    struct building *building = user;
    return is_trusted(building, NULL, path, facts);
}

static bool
visit_file(void *user, const struct mim_ini_file *file)
{
    struct building *building = user;
    if (is_null_device(&file->facts))
        return find_mask(building, file->name) || (mim_string_list_add(&building->mask_paths, "%s", file->path) &&
                                                   mim_string_list_add(&building->masks, "%s", file->name));
    if (!file->text) {
        char reason[PATH_MAX + 32];
        snprintf(reason, sizeof reason, "%s is not a regular file", file->path);
        return refuse_file(building, file->name, reason);
    }
    if (!is_trusted(building, file->name, file->path, &file->facts))
        return !building->is_out_of_memory;
    return add_manifest(building, &building->search_path.items[building->rank - building->inputs->linked_count], file);
}

/* Adds a plugin that was checked before. */
static bool
add_linked(struct building *building, const struct mim_linked *linked, const char *place)
{
    const struct mim_search_directory directory = { (char *)place, MIM_DIRECTORY_LINKED };
    char name[48];
    snprintf(name, sizeof name, "%s.ini", linked->plugin->name);
    const struct mim_ini_file file = {
        .name = name, .path = place, .text = linked->manifest, .size = strlen(linked->manifest)
    };
    size_t before = building->catalog->manifest_count;
    bool added = add_manifest(building, &directory, &file);
    if (building->catalog->manifest_count > before)
        building->catalog->manifests[before]->linked = linked->plugin;
    building->rank++;
    return added;
}

/* Those of the application are stronger than any directory, the latest first. */
static bool
add_application(struct building *building)
{
    for (size_t i = building->inputs->linked_count; i > 0; i--)
        if (!add_linked(building, &building->inputs->linked[i - 1], "linked in"))
            return false;
    return true;
}

static bool
add_builtin(struct building *building)
{
    for (const struct mim_linked *linked = mim_builtin_plugins; linked->plugin; linked++)
        if (!add_linked(building, linked, "built in"))
            return false;
    return true;
}

static bool
read_directories(struct building *building)
{
    const struct mim_ini_directory_visitor visitor = {
        .directory = visit_directory, .file = visit_file, .refuse = refuse_file, .user = building
    };
    for (size_t i = 0; i < building->search_path.count; i++, building->rank++)
        if (!mim_string_list_add(&building->catalog->search_path, "%s", building->search_path.items[i].path) ||
            !mim_ini_directory_read(building->search_path.items[i].path, &visitor) || building->is_out_of_memory)
            return false;
    return true;
}

static bool
gather_manifests(struct mim_catalog *catalog, const struct mim_catalog_inputs *inputs)
{
    struct building building = { .catalog = catalog, .inputs = inputs };
    bool fine = mim_search_path_collect(&building.search_path, &inputs->context->options, inputs->directories,
                                        &catalog->diagnostics) &&
                add_application(&building) && read_directories(&building) && add_builtin(&building);

    mim_search_path_clear(&building.search_path);
    mim_string_list_clear(&building.masks);
    mim_string_list_clear(&building.mask_paths);
    return fine;
}

/* A policy that cannot be understood disables all plugins. false: no memory. */
static bool
settle_fault(struct mim_catalog *catalog, const struct mim_config *config)
{
    char reason[PATH_MAX + 600];
    const char *fault = mim_config_fault(config);
    if (!fault && !mim_config_find_unknown(config, mim_catalog_knows, catalog, reason, sizeof reason))
        return true;
    if (!fault && !mim_string_list_add(&catalog->diagnostics, "%s", reason))
        return false;
    catalog->fault = strdup(fault ? fault : reason);
    for (size_t i = 0; catalog->fault && i < catalog->manifest_count; i++)
        if ((catalog->manifests[i]->state == MIM_PLUGIN_READY || catalog->manifests[i]->state == MIM_PLUGIN_DISABLED) &&
            !mim_manifest_settle(catalog->manifests[i], MIM_PLUGIN_DISABLED, catalog->fault))
            return false;
    return catalog->fault;
}

struct mim_catalog *
mim_catalog_build(const struct mim_catalog_inputs *inputs)
{
    struct mim_catalog *catalog = calloc(1, sizeof *catalog);
    if (catalog && gather_manifests(catalog, inputs) && mim_catalog_read_hints(catalog, &inputs->context->options) &&
        mim_catalog_make_formats(catalog) && settle_fault(catalog, inputs->config)) {
        catalog->older = inputs->older;
        return catalog;
    }
    mim_catalog_destroy(catalog);
    return NULL;
}
