/* SPDX-License-Identifier: MIT */
/* Modules: from an absolute path to a checked struct mim_plugin. The only file that uses libltdl. */
#ifndef MIM_CORE_REGISTRY_LOADER_H
#define MIM_CORE_REGISTRY_LOADER_H

#include <stdbool.h>

#include <mim/error.h>

struct mim_host;
struct mim_manifest;
struct mim_plugin;

/* Loads the module once per process (by device and inode) and keeps it mapped for ever. Checks magic, ABI numbers
 * and sizes before any function of the plugin runs. BROKEN_PLUGIN gives the reason of the dynamic loader or of the
 * check: missing library, undefined symbol, other machine, truncated, not a regular file, or a claim of the note or the
 * struct that differs from `manifest`, unless it is NULL. `host` is passed to its init. Any thread. */
enum mim_status mim_loader_load(const char *path, const struct mim_manifest *manifest, const struct mim_host *host,
                                const struct mim_plugin **plugin, struct mim_error *err);

/* Runs those checks of mim_loader_load() that need no loading. `has_note`, which may be NULL: whether the module has a note. */
enum mim_status mim_loader_inspect(const char *path, const struct mim_manifest *manifest, bool *has_note, struct mim_error *err);

/* Runs the init of a linked plugin, which was checked before, once per process. Any thread. */
enum mim_status mim_loader_adopt(const struct mim_plugin *plugin, const struct mim_host *host, struct mim_error *err);

/* Runs the checks only. `where` begins the message. */
enum mim_status mim_loader_check(const struct mim_plugin *plugin, const char *where, struct mim_error *err);

#endif
