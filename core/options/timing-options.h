/* SPDX-License-Identifier: MIT */
/* The options duration, fps and loop, which the core has for every writer that declares the times it can store. */
#ifndef MIM_CORE_OPTIONS_TIMING_OPTIONS_H
#define MIM_CORE_OPTIONS_TIMING_OPTIONS_H

#include <mim/plugin.h>

#include "options/option-table.h"

/* Values of the options. Not given: count 0, den 0, -1. */
struct mim_timing_options {
    struct mim_list duration; /* seconds: one for all frames, or one per frame */
    struct mim_rational fps;
    int64_t loop;
};

/* The declaration of a writer, or NULL. */
const struct mim_writer_timing *mim_writer_timing(const struct mim_writer_ops *ops);
/* The problem of the declaration in words, or NULL. */
const char *mim_writer_timing_fault(const struct mim_writer_ops *ops);
/* The longest duration of a frame in seconds. */
double mim_writer_timing_max(const struct mim_writer_timing *timing);
/* The ticks of the shortest frame that players honour, or 0. */
int64_t mim_writer_timing_min(const struct mim_writer_timing *timing);

/* The options of a writer: the core's own, whose values go to `own`, and the plugin's. NULL ops: none. */
struct mim_option_table mim_writer_options(const struct mim_writer_ops *ops, struct mim_timing_options *own);

#endif
