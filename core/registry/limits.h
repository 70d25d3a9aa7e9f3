/* SPDX-License-Identifier: MIT */
/* The limits in force for a call. */
#ifndef MIM_CORE_REGISTRY_LIMITS_H
#define MIM_CORE_REGISTRY_LIMITS_H

#include <mim/context.h>

/* The tightest of the call's own limits, the context's and mim.conf's, with defaults filled in; working_bytes stays 0 when it is
 * set nowhere. `result_default` is the default result budget of this call. */
enum mim_status mim_context_limits(struct mim_context *context, const struct mim_limits *call, uint64_t result_default,
                                   struct mim_limits *out, struct mim_error *err);

#endif
