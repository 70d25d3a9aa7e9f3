/* SPDX-License-Identifier: MIT */
/* The rule of the ABI's numbers. */
#include "abi.h"

#include <stdio.h>

/* While the major is 0 nothing is promised; from 1 on structs only grow, so what counts is what the plugin needs. */
static const struct {
    int first_major;
    bool equal_minor;
} rules[] = {
    { 1, false },
    { 0, true },
};

static bool
wants_equal_minor(int major)
{
    size_t i = 0;
    while (major < rules[i].first_major)
        i++;
    return rules[i].equal_minor;
}

bool
mim_abi_accepts(struct mim_abi host, struct mim_abi plugin, char *reason, size_t reason_size)
{
    if (plugin.major != host.major || (wants_equal_minor(host.major) && plugin.minor != host.minor)) {
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
