/* SPDX-License-Identifier: MIT */
/* The right name on a function. */
#include <mim/plugin.h>

MIM_PLUGIN_EXPORT int
mim_plugin_v1(void)
{
    return 0;
}
