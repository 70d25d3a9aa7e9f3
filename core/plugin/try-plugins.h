/* SPDX-License-Identifier: MIT */
/* Tries the plugins that may serve a file, strongest first, until one does. */
#ifndef MIM_CORE_PLUGIN_TRY_PLUGINS_H
#define MIM_CORE_PLUGIN_TRY_PLUGINS_H

#include <mim/plugin.h>

#include "options/options.h"
#include "plugin/operation.h"
#include "registry/choice.h"

/* A candidate whose code is loaded, with the ops that it was chosen for. */
struct mim_attempt {
    const struct mim_candidate *candidate;
    const struct mim_plugin *plugin;
    const struct mim_format_ops *ops;
    const struct mim_container_ops *container; /* the format is an archive, without reader and writer; else NULL */
    struct mim_option_table reader_options, writer_options; /* empty where there is no reader or no writer */
    bool has_rival; /* there are weaker candidates, for files that this one does not support */
};

/* Opens the file with this plugin. A failed attempt undoes its own work. */
typedef enum mim_status (*mim_attempt_function)(void *user, const struct mim_attempt *attempt, struct mim_error *err);

/* Whether a failure is the file's or the caller's. BROKEN_PLUGIN and UNSUPPORTED are not. */
bool mim_try_is_final(enum mim_status status);

/* Only BROKEN_PLUGIN and UNSUPPORTED lead to the next candidate; any other failure is the file's or the caller's and ends
 * the search with it. When no candidate is left, the status and the error are those of the strongest. On the caller's
 * thread, because plugins may be loaded. `operation` gets the name of the plugin that is tried; NULL: there is none. */
enum mim_status mim_try_candidates(struct mim_context *context, struct mim_operation *operation,
                                   const struct mim_choice *choice, mim_attempt_function open, void *user,
                                   struct mim_error *err);

/* The candidates for operation->sink if there is one, else for operation->source. */
enum mim_status mim_try_plugins(struct mim_operation *operation, const struct mim_request *request,
                                mim_attempt_function open, void *user, struct mim_error *err);

#endif
