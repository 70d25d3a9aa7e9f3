/* SPDX-License-Identifier: MIT */
/* mim plugin: the commands for authors of plugins. */
#include "cli.h"

const struct command plugin_commands[] = {
    { "plugin new", "NAME", "write the sources of a plugin to the directory NAME", run_plugin_new, FOR_PLUGIN_NEW, 1, 1, NULL },
    { "plugin check", "DIR|FILE.so", "test a plugin", run_plugin_check, FOR_PLUGIN_CHECK, 1, 1, NULL },
    { 0 },
};
