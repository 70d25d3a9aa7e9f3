/* SPDX-License-Identifier: MIT */
/* Option tables: described for people, and checked before anything is written by them. */
#include <math.h>
#include <stdalign.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/error.h"
#include "base/number.h"
#include "options/option-types.h"

#define MOST_ROWS 1000

/* What stands in a state for each type, and how help names the type. */
static const struct {
    size_t size, alignment;
    const char *text; /* NULL: the choices themselves */
} layouts[] = {
    [MIM_OPTION_INT] = { sizeof(int64_t), alignof(int64_t), "number" },
    [MIM_OPTION_REAL] = { sizeof(double), alignof(double), "number" },
    [MIM_OPTION_BOOL] = { sizeof(int32_t), alignof(int32_t), "yes|no" },
    [MIM_OPTION_CHOICE] = { sizeof(int32_t), alignof(int32_t), NULL },
    [MIM_OPTION_TEXT] = { sizeof(const char *), alignof(const char *), "text" },
    [MIM_OPTION_RATIONAL] = { sizeof(struct mim_rational), alignof(struct mim_rational), "number" },
    [MIM_OPTION_LIST] = { sizeof(struct mim_list), alignof(struct mim_list), "number or list" },
    [MIM_OPTION_SIZE] = { sizeof(struct mim_size), alignof(struct mim_size), "WxH" },
    [MIM_OPTION_COLOUR] = { 4, 1, "#rrggbb" },
    [MIM_OPTION_PAIRS] = { sizeof(struct mim_pairs), alignof(struct mim_pairs), "KEY=VALUE" },
};

#define TYPE_COUNT ((int32_t)(sizeof layouts / sizeof *layouts))

/* "none|lzw|deflate": the aliases are left out. */
static void
describe_choices(const char *choices, char *text, size_t size)
{
    const char *name;
    size_t name_size, used = 0;
    *text = '\0';
    for (uint32_t i = 0; mim_option_choice(choices, i, &name, &name_size) && used < size; i++)
        used += (size_t)snprintf(text + used, size - used, "%s%.*s", i ? "|" : "", (int)name_size, name);
}

static void
describe_range(const struct mim_option *row, char *text, size_t size)
{
    *text = '\0';
    if (row->min == 0 && row->max == 0)
        return;
    char low[MIM_NUMBER_SIZE], high[MIM_NUMBER_SIZE];
    mim_number_print(row->min, low);
    mim_number_print(row->max, high);
    if (isinf(row->max))
        snprintf(text, size, "%s or more", low);
    else if (isinf(row->min))
        snprintf(text, size, "%s or less", high);
    else
        snprintf(text, size, "%s..%s", low, high);
}

static void
describe_initial(const struct mim_option *row, char *text, size_t size)
{
    const char *name;
    size_t name_size;
    *text = '\0';
    if (row->initial_text)
        snprintf(text, size, "%s", row->initial_text);
    else if (row->flags & MIM_OPTION_REQUIRED)
        return;
    else if (row->type == MIM_OPTION_INT || row->type == MIM_OPTION_REAL)
        mim_number_print(row->initial, text);
    else if (row->type == MIM_OPTION_BOOL)
        snprintf(text, size, "%s", row->initial != 0 ? "yes" : "no");
    else if (row->type == MIM_OPTION_CHOICE &&
             mim_option_choice(row->choices, (uint32_t)row->initial, &name, &name_size))
        snprintf(text, size, "%.*s", (int)name_size, name);
}

void
mim_option_describe(const struct mim_option *row, struct mim_option_scratch *scratch, struct mim_option_info *info)
{
    if (row->type == MIM_OPTION_CHOICE)
        describe_choices(row->choices, scratch->type, sizeof scratch->type);
    else
        snprintf(scratch->type, sizeof scratch->type, "%s", layouts[row->type].text);
    describe_range(row, scratch->range, sizeof scratch->range);
    describe_initial(row, scratch->initial, sizeof scratch->initial);
    *info = (struct mim_option_info){
        .name = row->name,
        .type = (enum mim_option_type)row->type,
        .type_text = scratch->type,
        .unit = row->unit,
        .initial = scratch->initial,
        .range = scratch->range,
        .help = row->help ? row->help : "",
        .required = (row->flags & MIM_OPTION_REQUIRED) != 0,
    };
}

/* A number that the conversion to the stored type can hold. */
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

/* What is wrong with a row by itself; NULL: nothing. */
static const char *
fault_of_row(const struct mim_option *row, uint32_t state_size)
{
    if (row->type <= 0 || row->type >= TYPE_COUNT)
        return "is of a type that does not exist";
    size_t size = layouts[row->type].size;
    if (size > state_size || row->offset > state_size - size)
        return "lies outside the state";
    if (row->offset % layouts[row->type].alignment != 0)
        return "lies at an offset that its type cannot have";
    if (row->type == MIM_OPTION_CHOICE && (!row->choices || !*row->choices))
        return "has no choices";
    if (row->min > row->max || isnan(row->min) || isnan(row->max))
        return "has no range, its least value is above its greatest";
    return initial_fits(row) ? NULL : "has a default that it cannot have";
}

/* The default is parsed as a caller's value would be. */
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
        mim_fail(err, MIM_BROKEN_PLUGIN, "its option table is not what %u rows of this ABI are", table->count);
        return false;
    }
    for (uint32_t i = 0; i < table->count; i++) {
        const struct mim_option *row = mim_option_row(table, i);
        if (!row->name || !*row->name || strpbrk(row->name, "=: ")) {
            mim_fail(err, MIM_BROKEN_PLUGIN,
                     "row %u of its option table has no name, or one with \"=\", \":\" or a blank", i);
            return false;
        }
        const char *fault = fault_of_row(row, state_size);
        if (!fault && is_repeated(table, i))
            fault = "is there twice";
        if (fault) {
            mim_fail(err, MIM_BROKEN_PLUGIN, "its option %.60s %s", row->name, fault);
            return false;
        }
        if (!check_initial(row, state_size, err))
            return false;
    }
    return true;
}
