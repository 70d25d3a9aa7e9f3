/* SPDX-License-Identifier: MIT */
/* Known formats without a plugin here: known.d. */
#ifndef MIM_CORE_REGISTRY_KNOWN_FORMATS_H
#define MIM_CORE_REGISTRY_KNOWN_FORMATS_H

#include <stdbool.h>

struct mim_catalog;
struct mim_context_options;

/* Reads the hints into the catalog. false: no memory. */
bool mim_catalog_read_hints(struct mim_catalog *catalog, const struct mim_context_options *options);

#endif
