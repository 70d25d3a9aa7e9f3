/* SPDX-License-Identifier: MIT */
/* A plugin's table of options, checked before any value is written. */
#ifndef MIM_CORE_OPTIONS_OPTION_TABLE_H
#define MIM_CORE_OPTIONS_OPTION_TABLE_H

#include <stdbool.h>

#include <mim/options.h>
#include <mim/plugin.h>

enum { MIM_OWN_OPTIONS = 3 };

/* A plugin's table: its rows are spaced by the struct_size of the first. The core's own rows precede them. */
struct mim_option_table {
    const struct mim_option *rows;
    uint32_t count;
    bool writing; /* the table of a writer; affects messages only */
    uint32_t own_count;
    struct mim_option own[MIM_OWN_OPTIONS];
    void *own_state; /* the offsets of own rows refer to this */
};

/* Row i of all, or NULL past the end. */
const struct mim_option *mim_option_row(const struct mim_option_table *table, uint32_t i);
/* The row of a given name, or NULL. `codec` and `codec:KEY` may be two rows, the second of type PAIRS. */
const struct mim_option *mim_option_find(const struct mim_option_table *table, const char *name);
/* OPTION: no row has the name; names the nearest. `other` is the table of the other direction, or NULL. */
enum mim_status mim_option_fail_unknown(const char *name, const struct mim_option_table *table,
                                        const struct mim_option_table *other, const char *who, struct mim_error *err);
/* false, with `err` filled: a plugin's row breaks the ABI (no name, an offset outside state_size, an unknown type). */
bool mim_option_table_valid(const struct mim_option_table *table, uint32_t state_size, struct mim_error *err);

#endif
