/* SPDX-License-Identifier: MIT */
/* What the registry's own files share. */
#ifndef MIM_CORE_REGISTRY_REGISTRY_PRIV_H
#define MIM_CORE_REGISTRY_REGISTRY_PRIV_H

#include "registry/rank.h"
#include "registry/registry.h"

/* The latest catalog, made when it is missing or stale; NULL: no memory. */
struct mim_catalog *mim_registry_catalog(struct mim_context *context, struct mim_error *err);
/* Completes a query by the context's catalog and configuration. NOMEM. */
enum mim_status mim_registry_query(struct mim_context *context, struct mim_query *query, struct mim_error *err);
/* All who may serve it, best first, or why nobody may. */
enum mim_status mim_registry_find(const struct mim_query *query, struct mim_candidates *out, struct mim_error *err);

/* Nothing fits: UNKNOWN_FORMAT, and what is known instead. */
enum mim_status mim_absence_of_format(const struct mim_query *query, const struct mim_match *matches, size_t count,
                                      struct mim_error *err);
/* The format is known and nobody may serve it: NO_PLUGIN, BROKEN_PLUGIN, DISABLED, UNSUPPORTED or ARGUMENT. */
enum mim_status mim_absence_of_plugin(const struct mim_query *query, const struct mim_match *match,
                                      const struct mim_rank *ranks, size_t count, struct mim_error *err);

#endif
