/* SPDX-License-Identifier: MIT */
/* The choice for one file: its formats and plugins as they were compared, and the candidates that follow from it. */
#ifndef MIM_CORE_REGISTRY_CHOICE_H
#define MIM_CORE_REGISTRY_CHOICE_H

#include "registry/rank.h"
#include "registry/registry.h"

/* Everything that was compared, best first. Plugins are those of the first format. */
struct mim_choice {
    struct mim_match *formats;
    size_t format_count;
    struct mim_rank *plugins;
    size_t plugin_count;
};

/* Completes a query with the context's catalog and configuration. NOMEM. */
enum mim_status mim_registry_query(struct mim_context *context, struct mim_query *query, struct mim_error *err);

/* MIM_OK: the first format and its first plugin are usable. Otherwise the error says why not, and the choice holds
 * what was compared so far. The caller clears it in either case. */
enum mim_status mim_registry_choose(const struct mim_query *query, struct mim_choice *choice, struct mim_error *err);
void mim_choice_clear(struct mim_choice *choice);

/* The usable plugins of that choice. */
enum mim_status mim_registry_find(const struct mim_query *query, struct mim_candidates *out, struct mim_error *err);

/* Candidates to read `source`; `format` and `plugin` are the names that the caller gave, or NULL. Without any:
 * UNKNOWN_FORMAT, NO_PLUGIN with the package to install, BROKEN_PLUGIN with the reason, DISABLED with file:line. */
enum mim_status mim_registry_find_readers(struct mim_context *context, struct mim_source *source, const char *format,
                                          const char *plugin, struct mim_candidates *out, struct mim_error *err);
/* Candidates to write a file of that name: strictly by `format`, else by the extension. */
enum mim_status mim_registry_find_writers(struct mim_context *context, const char *name, const char *format,
                                          const char *plugin, struct mim_candidates *out, struct mim_error *err);

void mim_candidates_clear(struct mim_candidates *candidates);

#endif
