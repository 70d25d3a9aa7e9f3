/* SPDX-License-Identifier: MIT */
/* Options by name, checked against a plugin's table and written into its state. */
#ifndef MIM_CORE_OPTIONS_OPTIONS_H
#define MIM_CORE_OPTIONS_OPTIONS_H

#include <stdbool.h>

#include <mim/options.h>
#include <mim/plugin.h>

/* A table as a plugin gives it: rows are `struct_size` of the first apart. */
struct mim_option_table {
    const struct mim_option *rows;
    uint32_t count;
    bool writing; /* the table of a writer; only messages tell the difference */
};

/* Row i, or NULL past the end. */
const struct mim_option *mim_option_row(const struct mim_option_table *table, uint32_t i);
/* Fill a description for people; the strings live in `scratch`. */
struct mim_option_scratch {
    char type[256], initial[128], range[128];
};
void mim_option_describe(const struct mim_option *row, struct mim_option_scratch *scratch, struct mim_option_info *info);

/* false, with `err` saying what: a row that bends the ABI (no name, an offset outside state_size, an unknown type). */
bool mim_option_table_valid(const struct mim_option_table *table, uint32_t state_size, struct mim_error *err);

/* Was `name` given as exactly `value`? `options` may be NULL. */
bool mim_options_say(const struct mim_options *options, const char *name, const char *value);

struct mim_options *mim_options_copy(const struct mim_options *options); /* NULL gives an empty set; NULL result: no memory */

/* Owns the strings and lists that a state points to; lives as long as the state. */
struct mim_bound_options;

/**
 * Check `options` against `table` and write every row's value, given or default, into `state`. `who` begins messages
 * (a format's name), `other` (may be NULL) is the other direction's table, for "an option of reading, not of writing". OPTION
 * names the nearest right name, or what was found and the range; a required option that is missing is OPTION too.
 */
enum mim_status mim_options_bind(const struct mim_options *options, const struct mim_option_table *table,
                                 const struct mim_option_table *other, const char *who, void *state,
                                 struct mim_bound_options **bound, struct mim_error *err);
void mim_bound_options_destroy(struct mim_bound_options *bound);

#endif
