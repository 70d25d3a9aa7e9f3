/* SPDX-License-Identifier: MIT */
/* The parts of mim plugins. */
#ifndef MIM_TOOL_PLUGINS_H
#define MIM_TOOL_PLUGINS_H

#include "cli.h"

const char *plugin_state_name(enum mim_plugin_state state);

/* Print all manifests or, with their options, those of the plugin `name`. */
enum exit_code plugins_print_json(struct mim_context *context, const char *name);

#endif
