/* SPDX-License-Identifier: MIT */
/* Parses the value of one option into a state, by the type of its row. */
#ifndef MIM_CORE_OPTIONS_OPTION_TYPES_H
#define MIM_CORE_OPTIONS_OPTION_TYPES_H

#include <mim/error.h>
#include <mim/plugin.h>

#include "options/bound-options.h"

/* Any type but PAIRS. OPTION: "who: name = text: expected ..." */
enum mim_status mim_option_write(const struct mim_option *row, const char *text, const char *who, void *state,
                                 struct mim_bound_options *bound, struct mim_error *err);
/* Writes the row's default; without one the state stays zeroed. */
enum mim_status mim_option_write_initial(const struct mim_option *row, const char *who, void *state,
                                         struct mim_bound_options *bound, struct mim_error *err);

#endif
