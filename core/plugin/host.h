/* SPDX-License-Identifier: MIT */
/* The host table: what a plugin may ask of the core. */
#ifndef MIM_CORE_PLUGIN_HOST_H
#define MIM_CORE_PLUGIN_HOST_H

#include <mim/plugin.h>

extern const struct mim_host mim_host_table;

#endif
