/* SPDX-License-Identifier: MIT */
/* Which plugins a host accepts, by ABI number. */
#ifndef MIM_CORE_REGISTRY_ABI_H
#define MIM_CORE_REGISTRY_ABI_H

#include <stdbool.h>
#include <stddef.h>

#include <mim/plugin.h>

struct mim_abi {
    int major, minor;
    int needs; /* plugins: the lowest minor of a host that it works with */
};

#define MIM_HOST_ABI ((struct mim_abi){ MIM_PLUGIN_ABI_MAJOR, MIM_PLUGIN_ABI_MINOR, 0 })

/* false, with both numbers in `reason`: built for another host. */
bool mim_abi_accepts(struct mim_abi host, struct mim_abi plugin, char *reason, size_t reason_size);

#endif
