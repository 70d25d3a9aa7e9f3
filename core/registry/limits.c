/* SPDX-License-Identifier: MIT */
/* The limits in force for a call: the tightest that is set, or a default. */
#include <mim/context.h>

#include "base/context-priv.h"
#include "base/error.h"
#include "io/spool.h"
#include "registry/config.h"

static void
tighten_limit(uint64_t *limit, uint64_t by)
{
    if (by && (!*limit || *limit > by))
        *limit = by;
}

static void
fill_default(uint64_t *limit, uint64_t initial)
{
    if (!*limit)
        *limit = initial;
}

enum mim_status
mim_context_limits(struct mim_context *context, const struct mim_limits *call, uint64_t result_default,
                   struct mim_limits *out, struct mim_error *err)
{
    struct mim_config *config = context ? mim_context_config(context) : NULL;
    if (!context)
        return mim_fail(err, MIM_ARGUMENT, "limits need a context");
    if (!config)
        return mim_fail_shortage(err, "the configuration");

    enum mim_status status = mim_policy_check(mim_config_fault(config), err); /* the fault may be a limit */
    if (status != MIM_OK)
        return status;

    struct mim_limits limits = { 0 };
    mim_config_limit(config, &limits);
    if (call) {
        tighten_limit(&limits.result_bytes, call->result_bytes);
        tighten_limit(&limits.working_bytes, call->working_bytes);
        tighten_limit(&limits.frame_pixels, call->frame_pixels);
        tighten_limit(&limits.frames, call->frames);
        tighten_limit(&limits.metadata_bytes, call->metadata_bytes);
        tighten_limit(&limits.milliseconds, call->milliseconds);
        tighten_limit(&limits.spool_bytes, call->spool_bytes);
        tighten_limit(&limits.ratio, call->ratio);
    }
    fill_default(&limits.result_bytes, result_default ? result_default : MIM_DEFAULT_RESULT);
    fill_default(&limits.frame_pixels, UINT64_C(1) << 31);
    fill_default(&limits.frames, 1000000);
    fill_default(&limits.metadata_bytes, UINT64_C(64) << 20);
    fill_default(&limits.milliseconds, MIM_NO_LIMIT);
    fill_default(&limits.spool_bytes, MIM_SPOOL_DEFAULT);
    fill_default(&limits.ratio, 250);
    *out = limits;
    return MIM_OK;
}
