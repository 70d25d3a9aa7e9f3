/* SPDX-License-Identifier: MIT */
/* ABI numbers: minor versions only add, so the minimum that the plugin needs decides. */
#include "registry/abi.h"

#include <stdio.h>

bool
mim_abi_accepts(struct mim_abi host, struct mim_abi plugin, char *reason, size_t reason_size)
{
    if (plugin.major != host.major) {
        snprintf(reason, reason_size, "it is built for ABI %d.%d, and this libmim has %d.%d", plugin.major,
                 plugin.minor, host.major, host.minor);
        return false;
    }
    if (plugin.needs > host.minor) {
        snprintf(reason, reason_size, "it needs ABI %d.%d or later, and this libmim has %d.%d", plugin.major,
                 plugin.needs, host.major, host.minor);
        return false;
    }
    return true;
}
