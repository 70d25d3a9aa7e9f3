/* SPDX-License-Identifier: MIT */
/* Tables of options: their rows by name, and their check before any value is written. */
#include "options/option-table.h"

#include <math.h>
#include <stdalign.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/error.h"
#include "base/nearest.h"
#include "options/option-describe.h"
#include "options/option-types.h"

#define MOST_ROWS 1000

const struct mim_option *
mim_option_row(const struct mim_option_table *table, uint32_t i)
{
    if (table && i < table->own_count)
        return &table->own[i];
    if (!table || (i -= table->own_count) >= table->count)
        return NULL;
    return (const struct mim_option *)((const char *)table->rows + (size_t)i * table->rows->struct_size);
}

const struct mim_option *
mim_option_find(const struct mim_option_table *table, const char *name)
{
    const char *colon = strchr(name, ':');
    const struct mim_option *row;
    for (uint32_t i = 0; (row = mim_option_row(table, i)); i++) {
        if (strcmp(row->name, name) == 0 && row->type != MIM_OPTION_PAIRS)
            return row;
        if (colon && row->type == MIM_OPTION_PAIRS && strlen(row->name) == (size_t)(colon - name) &&
            strncmp(row->name, name, (size_t)(colon - name)) == 0)
            return row;
    }
    return NULL;
}

static const char *
nearest_name(const struct mim_option_table *table, const char *name)
{
    struct mim_nearest nearest = { .wanted = name };
    const struct mim_option *row;
    for (uint32_t i = 0; (row = mim_option_row(table, i)); i++)
        mim_nearest_offer(&nearest, row->name);
    return nearest.found;
}

static void
list_names(const struct mim_option_table *table, char *text, size_t size)
{
    size_t used = 0;
    const struct mim_option *row;
    *text = '\0';
    for (uint32_t i = 0; (row = mim_option_row(table, i)) && used < size; i++)
        used += (size_t)snprintf(text + used, size - used, "%s%s%s", i ? ", " : "", row->name,
                                 row->type == MIM_OPTION_PAIRS ? ":KEY" : "");
}

enum mim_status
mim_option_fail_unknown(const char *name, const struct mim_option_table *table, const struct mim_option_table *other,
                        const char *who, struct mim_error *err)
{
    static const char *const verbs[] = { "reading", "writing" };
    const struct mim_option *row;
    for (uint32_t i = 0; (row = mim_option_row(table, i)); i++)
        if (row->type == MIM_OPTION_PAIRS && strcmp(row->name, name) == 0)
            return mim_fail(err, MIM_OPTION, "%s: %s needs a key: expected %s:KEY=VALUE", who, name, name);
    if (other && mim_option_find(other, name))
        return mim_fail(err, MIM_OPTION, "%s: %.100s is an option of %s, not of %s", who, name, verbs[!table->writing],
                        verbs[table->writing]);
    const char *nearest = nearest_name(table, name);
    if (nearest)
        return mim_fail(err, MIM_OPTION, "%s: there is no option %.100s; did you mean %s?", who, name, nearest);
    if (!mim_option_row(table, 0))
        return mim_fail(err, MIM_OPTION, "%s: there is no option %.100s; %s takes none", who, name,
                        verbs[table->writing]);
    char names[400];
    list_names(table, names, sizeof names);
    return mim_fail(err, MIM_OPTION, "%s: there is no option %.100s; there are %s", who, name, names);
}

/* Size and alignment of each type in a state. */
static const struct {
    size_t size, alignment;
} layouts[] = {
    [MIM_OPTION_INT] = { sizeof(int64_t), alignof(int64_t) },
    [MIM_OPTION_REAL] = { sizeof(double), alignof(double) },
    [MIM_OPTION_BOOL] = { sizeof(int32_t), alignof(int32_t) },
    [MIM_OPTION_CHOICE] = { sizeof(int32_t), alignof(int32_t) },
    [MIM_OPTION_TEXT] = { sizeof(const char *), alignof(const char *) },
    [MIM_OPTION_RATIONAL] = { sizeof(struct mim_rational), alignof(struct mim_rational) },
    [MIM_OPTION_LIST] = { sizeof(struct mim_list), alignof(struct mim_list) },
    [MIM_OPTION_SIZE] = { sizeof(struct mim_size), alignof(struct mim_size) },
    [MIM_OPTION_COLOUR] = { 4, 1 },
    [MIM_OPTION_PAIRS] = { sizeof(struct mim_pairs), alignof(struct mim_pairs) },
};

#define TYPE_COUNT ((int32_t)(sizeof layouts / sizeof *layouts))

/* Whether the stored type can hold the number. */
static bool
initial_fits(const struct mim_option *row)
{
    const char *name;
    size_t size;
    if (row->initial_text)
        return true;
    if (row->type == MIM_OPTION_INT)
        return row->initial >= -0x1p63 && row->initial < 0x1p63;
    if (row->type == MIM_OPTION_CHOICE)
        return row->initial >= 0 && row->initial < 1000 &&
               mim_option_choice(row->choices, (uint32_t)row->initial, &name, &size);
    return row->type != MIM_OPTION_BOOL || row->initial == 0 || row->initial == 1;
}

/* The fault of a single row, or NULL. */
static const char *
fault_of_row(const struct mim_option *row, uint32_t state_size)
{
    if (row->type <= 0 || row->type >= TYPE_COUNT)
        return "has an unknown type";
    size_t size = layouts[row->type].size;
    if (size > state_size || row->offset > state_size - size)
        return "has an offset outside the state";
    if (row->offset % layouts[row->type].alignment != 0)
        return "has an offset that is not aligned for its type";
    if (row->type == MIM_OPTION_CHOICE && (!row->choices || !*row->choices))
        return "has no choices";
    if (row->min > row->max || isnan(row->min) || isnan(row->max))
        return "has a minimum above its maximum";
    return initial_fits(row) ? NULL : "has an invalid default";
}

/* Defaults are parsed like given values. */
static bool
check_initial(const struct mim_option *row, uint32_t state_size, struct mim_error *err)
{
    if (!row->initial_text || row->type == MIM_OPTION_PAIRS)
        return true;
    void *state = calloc(1, state_size);
    struct mim_bound_options *bound = mim_bound_options_create();
    enum mim_status status = state && bound
                                 ? mim_option_write(row, row->initial_text, "option table", state, bound, err)
                                 : mim_fail_nomem(err, "options");
    mim_bound_options_destroy(bound);
    free(state);
    return status == MIM_OK;
}

static bool
is_repeated(const struct mim_option_table *table, uint32_t place)
{
    const struct mim_option *row = mim_option_row(table, place);
    for (uint32_t i = 0; i < place; i++) {
        const struct mim_option *earlier = mim_option_row(table, i);
        bool same_kind = (earlier->type == MIM_OPTION_PAIRS) == (row->type == MIM_OPTION_PAIRS);
        if (same_kind && strcmp(earlier->name, row->name) == 0)
            return true;
    }
    return false;
}

bool
mim_option_table_valid(const struct mim_option_table *table, uint32_t state_size, struct mim_error *err)
{
    if (table->count == 0)
        return true;
    if (!table->rows || table->count > MOST_ROWS || !MIM_HAS(table->rows, initial_text) ||
        table->rows->struct_size % alignof(struct mim_option) != 0) {
        mim_fail(err, MIM_BROKEN_PLUGIN, "its option table does not hold %u rows of this ABI", table->count);
        return false;
    }
    for (uint32_t i = 0; i < table->count; i++) {
        uint32_t place = table->own_count + i;
        const struct mim_option *row = mim_option_row(table, place);
        if (!row->name || !*row->name || strpbrk(row->name, "=: ")) {
            mim_fail(err, MIM_BROKEN_PLUGIN,
                     "row %u of its option table has no name, or one with \"=\", \":\" or a blank", i);
            return false;
        }
        const char *fault = fault_of_row(row, state_size);
        if (!fault && is_repeated(table, place))
            fault = "occurs twice";
        if (fault) {
            mim_fail(err, MIM_BROKEN_PLUGIN, "its option %.60s %s", row->name, fault);
            return false;
        }
        if (!check_initial(row, state_size, err))
            return false;
    }
    return true;
}
