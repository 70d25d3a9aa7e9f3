/* SPDX-License-Identifier: MIT */
/**
 * @file
 * The entry of a plugin in one line:
 *
 *     MIM_PLUGIN(.name = "gif", .version = "1.0.0", .licence = "MIT", .formats = formats);
 *
 * Header-only, for C, and for C++20, which has designated initialisers. Defines the exported symbol with the magic, size
 * and numbers of the ABI that it is compiled with.
 */
#ifndef MIM_KIT_ENTRY_H
#define MIM_KIT_ENTRY_H

#include <mim/plugin.h>

#define MIM_PLUGIN(...) MIM_PLUGIN_EXPORT const struct mim_plugin MIM_PLUGIN_SYMBOL = { MIM_PLUGIN_HEADER, __VA_ARGS__ }

#endif
