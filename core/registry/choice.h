/* SPDX-License-Identifier: MIT */
/* The choice for one file: its formats and plugins as they were compared. The usable plugins are its candidates. */
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
    char notice[256]; /* "named .A, and its content is B"; "" when name and content agree */
};

/* Completes a query with the context's catalog and configuration. NOMEM. */
enum mim_status mim_registry_query(struct mim_context *context, struct mim_query *query, struct mim_error *err);

/* MIM_OK: the first format and its first plugin are usable. Otherwise the error says why not, and the choice holds
 * what was compared so far. The caller clears it in either case. */
enum mim_status mim_registry_choose(const struct mim_query *query, struct mim_choice *choice, struct mim_error *err);
void mim_choice_clear(struct mim_choice *choice);

/* The i-th usable plugin, best first. false: there are no more. */
bool mim_choice_candidate(const struct mim_choice *choice, size_t i, struct mim_candidate *candidate);

/* The same for readers of `source`, and writers of a file of that name. Without any candidate: UNKNOWN_FORMAT, NO_PLUGIN with the package to install, BROKEN_PLUGIN
 * with the reason, DISABLED with file:line. `choice` is zeroed before. */
enum mim_status mim_registry_choose_reader(struct mim_context *context, struct mim_source *source,
                                           const struct mim_request *request, struct mim_choice *choice,
                                           struct mim_error *err);
enum mim_status mim_registry_choose_writer(struct mim_context *context, const char *name,
                                           const struct mim_request *request, struct mim_choice *choice,
                                           struct mim_error *err);

#endif
