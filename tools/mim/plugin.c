/* SPDX-License-Identifier: MIT */
/* mim plugin: the commands for authors of plugins. */
#include "cli.h"

const struct command plugin_commands[] = {
    { 0 },
};
