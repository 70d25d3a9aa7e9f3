/* SPDX-License-Identifier: MIT */
/* Side inputs: further inputs of a plugin, such as a sound track. */
#ifndef MIM_CORE_PLUGIN_SIDE_INPUTS_H
#define MIM_CORE_PLUGIN_SIDE_INPUTS_H

#include <mim/error.h>

#include "plugin/frame-sources.h"

struct mim_options;
struct mim_source;

#define MIM_MAX_SIDE_INPUTS 8

struct mim_side_inputs {
    const struct mim_options *options; /* the caller's, borrowed: inputs that they name may be opened */
    struct mim_frame_sources sources;  /* of the frames to be written, which may be opened too */
    struct mim_source *open[MIM_MAX_SIDE_INPUTS];
};

/* Opens the input that the caller gave as the option `role`: `uri` must equal its value. Sets `side` to a handle from 1
 * up. UNSUPPORTED: not given as an option. Serial. */
enum mim_status mim_side_inputs_open(struct mim_side_inputs *side_inputs, const char *role, const char *uri,
                                     int32_t *side, struct mim_error *err);
/* Opens source `number` of the frames. UNSUPPORTED: there is none, or it is a series. Serial. */
enum mim_status mim_side_inputs_open_source(struct mim_side_inputs *side_inputs, uint32_t number, int32_t *side,
                                            struct mim_error *err);
/* NULL: no such handle. Any thread. */
struct mim_source *mim_side_inputs_source(const struct mim_side_inputs *side_inputs, int32_t side);
/* Ignores handles that are not open. Serial. */
void mim_side_inputs_close(struct mim_side_inputs *side_inputs, int32_t side);
/* Closes the opened inputs; options and sources stay. */
void mim_side_inputs_close_all(struct mim_side_inputs *side_inputs);

#endif
