/* SPDX-License-Identifier: MIT */
/* From a source to the plugin that reads it: candidates are tried until one does. */
#ifndef MIM_CORE_PLUGIN_TRY_PLUGINS_H
#define MIM_CORE_PLUGIN_TRY_PLUGINS_H

#include <mim/plugin.h>

#include "options/options.h"
#include "plugin/operation.h"

/* One plugin that may do. */
struct mim_attempt {
    const struct mim_plugin *plugin;
    const char *format; /* borrowed while the context lives */
    const struct mim_reader_ops *ops;
    struct mim_option_table other; /* the writer's options, for messages */
};

/* Opens operation->source by it; what a failed try has left is its own to undo. */
typedef enum mim_status (*mim_attempt_function)(void *user, const struct mim_attempt *opening, struct mim_error *err);

/* The best first; another when one is broken or says that the file is beyond it. `format` and `plugin` are the caller's
 * word or NULL. On the caller's thread: plugins may be loaded. */
enum mim_status mim_try_plugins(struct mim_operation *operation, const char *format, const char *plugin,
                                mim_attempt_function open, void *user, struct mim_error *err);

#endif
