/* SPDX-License-Identifier: MIT */
/* Formats that are known, whether a plugin for them is installed or not: known.d. */
#ifndef MIM_CORE_REGISTRY_KNOWN_FORMATS_H
#define MIM_CORE_REGISTRY_KNOWN_FORMATS_H

#include <stdbool.h>

struct mim_catalog;
struct mim_context_options;

/* Read the hints into the catalog. false: no memory. */
bool mim_catalog_read_hints(struct mim_catalog *catalog, const struct mim_context_options *options);

#endif
