/* SPDX-License-Identifier: MIT */
/* Rows of an option table in words. */
#include "options/option-describe.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

#include "base/number.h"

/* Names of types for help; a choice lists its names instead. */
static const char *const type_texts[] = {
    [MIM_OPTION_INT] = "number", [MIM_OPTION_REAL] = "number",     [MIM_OPTION_BOOL] = "yes|no",
    [MIM_OPTION_TEXT] = "text",  [MIM_OPTION_RATIONAL] = "number", [MIM_OPTION_LIST] = "number or list",
    [MIM_OPTION_SIZE] = "WxH",   [MIM_OPTION_COLOUR] = "#rrggbb",  [MIM_OPTION_PAIRS] = "KEY=VALUE",
};

bool
mim_option_next_choice(const char **at, const char **name, size_t *size)
{
    if (!*at || !**at)
        return false;
    *name = *at;
    *size = strcspn(*at, "|");
    *at += *size + ((*at)[*size] == '|');
    return true;
}

bool
mim_option_choice(const char *choices, uint32_t i, const char **name, size_t *size)
{
    while (choices && mim_option_next_choice(&choices, name, size))
        if (i-- == 0) {
            const char *alias = memchr(*name, '=', *size);
            *size = alias ? (size_t)(alias - *name) : *size;
            return true;
        }
    return false;
}

/* "none|lzw|deflate": names without aliases. */
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
        snprintf(scratch->type, sizeof scratch->type, "%s", type_texts[row->type]);
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
        .has_range = row->min != 0 || row->max != 0,
        .min = row->min,
        .max = row->max,
        .choices = row->type == MIM_OPTION_CHOICE ? row->choices : NULL,
    };
}

int
mim_option_choice_name(const struct mim_option_info *option, size_t i, char *name, size_t size)
{
    const char *found;
    size_t length;
    if (i > UINT32_MAX || !mim_option_choice(option->choices, (uint32_t)i, &found, &length))
        return 0;
    snprintf(name, size, "%.*s", (int)length, found);
    return 1;
}
