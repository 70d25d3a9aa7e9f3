/* SPDX-License-Identifier: MIT */
/* The host table: the core's services for plugins. */
#ifndef MIM_CORE_PLUGIN_HOST_H
#define MIM_CORE_PLUGIN_HOST_H

#include <mim/plugin.h>

extern const struct mim_host mim_host_table;

#endif
