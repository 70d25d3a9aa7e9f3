/* SPDX-License-Identifier: MIT */
/* Side inputs. Plugins open no files themselves: this opens only what the caller gave as an option. */
#include "plugin/side-inputs.h"

#include <stddef.h>

#include "base/error.h"
#include "io/source.h"
#include "options/options.h"

static enum mim_status
find_source(struct mim_side_inputs *side_inputs, const char *role, const char *uri, struct mim_source **out,
            struct mim_error *err)
{
    if (!uri && side_inputs->origin) {
        *out = mim_source_ref(side_inputs->origin);
        return MIM_OK;
    }
    if (!uri)
        return mim_fail(err, MIM_UNSUPPORTED, "%s: the frames do not come from a single source", role);
    if (!mim_options_say(side_inputs->options, role, uri))
        return mim_fail(err, MIM_UNSUPPORTED, "%s: '%.200s' cannot be opened: it was not given as an option", role,
                        uri);
    return mim_source_open_path(out, uri, err);
}

enum mim_status
mim_side_inputs_open(struct mim_side_inputs *side_inputs, const char *role, const char *uri, int32_t *side,
                     struct mim_error *err)
{
    if (!role)
        return mim_fail(err, MIM_ARGUMENT, "a side input without a role");
    if (side_inputs->count == MIM_MAX_SIDE_INPUTS)
        return mim_fail(err, MIM_UNSUPPORTED, "%s: more than %d side inputs", role, MIM_MAX_SIDE_INPUTS);
    struct mim_source *source;
    enum mim_status status = find_source(side_inputs, role, uri, &source, err);
    if (status != MIM_OK)
        return status;
    side_inputs->open[side_inputs->count++] = source;
    *side = side_inputs->count;
    return MIM_OK;
}

struct mim_source *
mim_side_inputs_source(const struct mim_side_inputs *side_inputs, int32_t side)
{
    return side > 0 && side <= side_inputs->count ? side_inputs->open[side - 1] : NULL;
}

void
mim_side_inputs_close(struct mim_side_inputs *side_inputs)
{
    while (side_inputs->count > 0)
        mim_source_close(side_inputs->open[--side_inputs->count]);
}
