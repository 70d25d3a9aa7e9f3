/* SPDX-License-Identifier: MIT */
/* Side inputs: further inputs of a plugin, such as a sound track. */
#ifndef MIM_CORE_PLUGIN_SIDE_INPUTS_H
#define MIM_CORE_PLUGIN_SIDE_INPUTS_H

#include <mim/error.h>

struct mim_options;
struct mim_source;

#define MIM_MAX_SIDE_INPUTS 8

struct mim_side_inputs {
    const struct mim_options *options; /* the caller's, borrowed: inputs that they name may be opened */
    struct mim_source *origin;         /* the source of the frames to be written, if there is a single one */
    struct mim_source *open[MIM_MAX_SIDE_INPUTS];
    int count;
};

/* Opens the input that the caller gave as the option `role`: `uri` must equal its value; NULL: the origin. Sets
 * `side` to a handle from 1 up. UNSUPPORTED: not given as an option, or no origin. Serial. */
enum mim_status mim_side_inputs_open(struct mim_side_inputs *side_inputs, const char *role, const char *uri,
                                     int32_t *side, struct mim_error *err);
/* NULL: no such handle. Any thread. */
struct mim_source *mim_side_inputs_source(const struct mim_side_inputs *side_inputs, int32_t side);
/* Closes the opened inputs; options and origin stay. */
void mim_side_inputs_close(struct mim_side_inputs *side_inputs);

#endif
