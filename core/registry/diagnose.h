/* SPDX-License-Identifier: MIT */
/* Why nothing opens a file: unknown, not installed, broken and disabled are four different errors. */
#ifndef MIM_CORE_REGISTRY_DIAGNOSE_H
#define MIM_CORE_REGISTRY_DIAGNOSE_H

#include "registry/rank.h"

/* No format matches: UNKNOWN_FORMAT, with the known formats. */
enum mim_status mim_diagnose_format(const struct mim_query *query, const struct mim_match *matches, size_t count,
                                    struct mim_error *err);
/* The format is known, but no plugin can be used: NO_PLUGIN, BROKEN_PLUGIN, DISABLED, UNSUPPORTED or ARGUMENT. */
enum mim_status mim_diagnose_plugin(const struct mim_query *query, const struct mim_match *match,
                                    const struct mim_rank *ranks, size_t count, struct mim_error *err);

#endif
