/* SPDX-License-Identifier: MIT */
/* From a source to the plugin that reads it: candidates are tried until one does. */
#ifndef MIM_CORE_PLUGIN_TRY_PLUGINS_H
#define MIM_CORE_PLUGIN_TRY_PLUGINS_H

#include <mim/plugin.h>

#include "options/options.h"
#include "plugin/operation.h"

/* One plugin that may do. */
struct mim_opening {
    const struct mim_plugin *plugin;
    const char *format; /* borrowed while the context lives */
    const struct mim_reader_ops *ops;
    struct mim_option_table other; /* the writer's options, for messages */
};

/* Opens work->source by it; what a failed try has left is its own to undo. */
typedef enum mim_status (*mim_opening_function)(void *user, const struct mim_opening *opening, struct mim_error *err);

/* The best first; another when one is broken or says that the file is beyond it. `format` and `plugin` are the caller's
 * word or NULL. On the caller's thread: plugins may be loaded. */
enum mim_status mim_opening_try(struct mim_work *work, const char *format, const char *plugin,
                                mim_opening_function open, void *user, struct mim_error *err);

#endif
