/* SPDX-License-Identifier: MIT */
/* Side inputs: what a plugin may read besides its source, such as a sound track. */
#ifndef MIM_CORE_PLUGIN_SIDE_INPUTS_H
#define MIM_CORE_PLUGIN_SIDE_INPUTS_H

#include <mim/error.h>

struct mim_options;
struct mim_source;

#define MIM_MAX_SIDE_INPUTS 8

struct mim_side_inputs {
    const struct mim_options *options; /* the caller's: what they name may be opened. Borrowed */
    struct mim_source *origin;         /* what the frames to be written come from, when that is one source */
    struct mim_source *open[MIM_MAX_SIDE_INPUTS];
    int count;
};

/* Open the input that the caller named as the option `role`: `uri` must be that value. NULL: the origin. Serial. The handle,
 * from 1 up, goes to `side`. UNSUPPORTED: not named by the caller, no origin. */
enum mim_status mim_side_inputs_open(struct mim_side_inputs *side_inputs, const char *role, const char *uri,
                                     int32_t *side, struct mim_error *err);
/* NULL: there is no such handle. Any thread. */
struct mim_source *mim_side_inputs_source(const struct mim_side_inputs *side_inputs, int32_t side);
/* Close what was opened; options and origin stay. */
void mim_side_inputs_close(struct mim_side_inputs *side_inputs);

#endif
