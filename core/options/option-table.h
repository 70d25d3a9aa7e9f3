/* SPDX-License-Identifier: MIT */
/* A plugin's table of options: its rows, described for people and checked before anything is written by them. */
#ifndef MIM_CORE_OPTIONS_OPTION_TABLE_H
#define MIM_CORE_OPTIONS_OPTION_TABLE_H

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
/* false, with `err` saying what: a row that bends the ABI (no name, an offset outside state_size, an unknown type). */
bool mim_option_table_valid(const struct mim_option_table *table, uint32_t state_size, struct mim_error *err);

#endif
