/* SPDX-License-Identifier: MIT */
/* Options by name, checked against a plugin's table and written into its state. */
#ifndef MIM_CORE_OPTIONS_OPTIONS_H
#define MIM_CORE_OPTIONS_OPTIONS_H

#include <stdbool.h>

#include <mim/options.h>

#include "options/bound-options.h"
#include "options/option-table.h"

/* Whether `name` was given as exactly `value`. `options` may be NULL. */
bool mim_options_say(const struct mim_options *options, const char *name, const char *value);

/* Removes the option and returns its last value, which the caller frees; NULL: it was not given. */
char *mim_options_take(struct mim_options *options, const char *name);

struct mim_options *mim_options_copy(
    const struct mim_options *options); /* NULL gives an empty set; NULL result: no memory */

/**
 * Check `options` against `table` and write every row's value, given or default, into `state`. `who` begins messages
 * (a format's name), `other` (may be NULL) is the other direction's table, for "an option of reading, not of writing". OPTION
 * names the nearest right name, or what was found and the range; a required option that is missing is OPTION too.
 */
enum mim_status mim_options_bind(const struct mim_options *options, const struct mim_option_table *table,
                                 const struct mim_option_table *other, const char *who, void *state,
                                 struct mim_bound_options **bound, struct mim_error *err);
#endif
