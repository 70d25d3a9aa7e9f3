/* SPDX-License-Identifier: MIT */
/* Exports a function under the name of the plugin. */
#define MIM_BUILTIN other /* the header declares the data of a plugin of this name */
#include <mim/plugin.h>

MIM_PLUGIN_EXPORT int
mim_plugin_v1(void)
{
    return 0;
}
