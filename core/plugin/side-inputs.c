/* SPDX-License-Identifier: MIT */
/* Side inputs. A plugin opens nothing by itself: only what the caller named in an option can be had, and only here. */
#include "plugin/side-inputs.h"

#include <stddef.h>

#include "base/error.h"
#include "options/options.h"
#include "io/source.h"

static enum mim_status
find(struct mim_sides *sides, const char *role, const char *uri, struct mim_source **out, struct mim_error *err)
{
    if (!uri && sides->origin) {
        *out = mim_source_ref(sides->origin);
        return MIM_OK;
    }
    if (!uri)
        return mim_fail(err, MIM_UNSUPPORTED, "%s: the frames come from no single source that could be read", role);
    if (!mim_options_say(sides->options, role, uri))
        return mim_fail(err, MIM_UNSUPPORTED, "%s: '%.200s' cannot be opened: nobody named it", role, uri);
    return mim_source_open_path(out, uri, err);
}

enum mim_status
mim_sides_open(struct mim_sides *sides, const char *role, const char *uri, int32_t *side, struct mim_error *err)
{
    if (!role)
        return mim_fail(err, MIM_ARGUMENT, "a side input without a role");
    if (sides->count == MIM_MOST_SIDES)
        return mim_fail(err, MIM_UNSUPPORTED, "%s: more than %d side inputs", role, MIM_MOST_SIDES);
    struct mim_source *source;
    enum mim_status status = find(sides, role, uri, &source, err);
    if (status != MIM_OK)
        return status;
    sides->open[sides->count++] = source;
    *side = sides->count;
    return MIM_OK;
}

struct mim_source *
mim_sides_source(const struct mim_sides *sides, int32_t side)
{
    return side > 0 && side <= sides->count ? sides->open[side - 1] : NULL;
}

void
mim_sides_close(struct mim_sides *sides)
{
    while (sides->count > 0)
        mim_source_close(sides->open[--sides->count]);
}
