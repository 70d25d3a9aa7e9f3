/* SPDX-License-Identifier: MIT */
/* Side inputs. Plugins open no files themselves: this opens only what the caller gave as an option or as a source of frames. */
#include "plugin/side-inputs.h"

#include <inttypes.h>
#include <stddef.h>

#include "base/error.h"
#include "io/source.h"
#include "options/options.h"

/* Takes over the source. */
static enum mim_status
add_open(struct mim_side_inputs *side_inputs, struct mim_source *source, int32_t *side, struct mim_error *err)
{
    for (int i = 0; i < MIM_MAX_SIDE_INPUTS; i++)
        if (!side_inputs->open[i]) {
            side_inputs->open[i] = source;
            *side = i + 1;
            return MIM_OK;
        }
    mim_source_close(source);
    return mim_fail(err, MIM_UNSUPPORTED, "more than %d side inputs", MIM_MAX_SIDE_INPUTS);
}

enum mim_status
mim_side_inputs_open(struct mim_side_inputs *side_inputs, const char *role, const char *uri, int32_t *side,
                     struct mim_error *err)
{
    if (!role || !uri)
        return mim_fail(err, MIM_ARGUMENT, "a side input without a role or a name");
    if (!mim_options_say(side_inputs->options, role, uri))
        return mim_fail(err, MIM_UNSUPPORTED, "%s: '%.200s' cannot be opened: it was not given as an option", role,
                        uri);
    struct mim_source *source;
    enum mim_status status = mim_source_open_path(&source, uri, err);
    return status == MIM_OK ? add_open(side_inputs, source, side, err) : status;
}

enum mim_status
mim_side_inputs_open_source(struct mim_side_inputs *side_inputs, uint32_t number, int32_t *side, struct mim_error *err)
{
    const struct mim_frame_source *source = mim_frame_sources_at(&side_inputs->sources, number);
    if (!source || !source->source)
        return mim_fail(err, MIM_UNSUPPORTED, "source %" PRIu32 " of the frames is not a single file", number);
    return add_open(side_inputs, mim_source_ref(source->source), side, err);
}

struct mim_source *
mim_side_inputs_source(const struct mim_side_inputs *side_inputs, int32_t side)
{
    return side > 0 && side <= MIM_MAX_SIDE_INPUTS ? side_inputs->open[side - 1] : NULL;
}

void
mim_side_inputs_close(struct mim_side_inputs *side_inputs, int32_t side)
{
    struct mim_source *source = mim_side_inputs_source(side_inputs, side);
    if (!source)
        return;
    mim_source_close(source);
    side_inputs->open[side - 1] = NULL;
}

void
mim_side_inputs_close_all(struct mim_side_inputs *side_inputs)
{
    for (int32_t side = 1; side <= MIM_MAX_SIDE_INPUTS; side++)
        mim_side_inputs_close(side_inputs, side);
}
