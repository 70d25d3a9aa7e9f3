/* SPDX-License-Identifier: MIT */
/* Modules: from an absolute path to a checked struct mim_plugin. The only place that knows libltdl. */
#ifndef MIM_CORE_REGISTRY_LOADER_H
#define MIM_CORE_REGISTRY_LOADER_H

#include <mim/error.h>

struct mim_host;
struct mim_plugin;

/**
 * Load the module once per process (by device and inode) and keep it mapped for ever. Checks magic, ABI numbers and
 * sizes; none of the plugin's functions has run before. BROKEN_PLUGIN says what is wrong in the words of the dynamic
 * loader or of the check: missing library, undefined symbol, other machine, cut short, not a regular file. `host` is what its
 * init gets. Any thread.
 */
enum mim_status mim_loader_load(const char *path, const struct mim_host *host, const struct mim_plugin **plugin,
                                struct mim_error *err);

/* A plugin that is linked in, checked before, is about to be used: its init runs, once per process. Any thread. */
enum mim_status mim_loader_adopt(const struct mim_plugin *plugin, const struct mim_host *host, struct mim_error *err);

/* The checks alone. `where` begins the message. */
enum mim_status mim_loader_check(const struct mim_plugin *plugin, const char *where, struct mim_error *err);

#endif
