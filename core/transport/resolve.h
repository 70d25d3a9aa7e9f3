/* SPDX-License-Identifier: MIT */
/* Sources that are only a URI get their bytes from a transport. */
#ifndef MIM_CORE_TRANSPORT_RESOLVE_H
#define MIM_CORE_TRANSPORT_RESOLVE_H

#include <stdbool.h>

#include <mim/error.h>

struct mim_operation;
struct mim_source;

/* Replaces a source that is only a URI by one that reads its bytes, for this operation, which must close it before it ends. Other sources
 * stay. After an error `*source` has not changed. NO_PLUGIN: no transport reads the
 * scheme; DISABLED: a policy denies it; IO with `*is_missing`: nothing has this name. */
enum mim_status mim_source_resolve(struct mim_operation *operation, struct mim_source **source, bool *is_missing,
                                   struct mim_error *err);

#endif
