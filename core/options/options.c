/* SPDX-License-Identifier: MIT */
/* Sets of options, and binding them to a plugin's table and state. */
#include "options/option-describe.h"
#include "options/options.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/array.h"
#include "base/error.h"
#include "base/number.h"
#include "options/option-types.h"

/* Values are stored as text that reads back exactly: a value of another type converts where nothing is lost, and all
 * checks happen in one place, against the table. */
struct given {
    char *name;
    char *value;
};

struct mim_options {
    struct given *items;
    size_t count;
};

struct mim_options *
mim_options_create(void)
{
    return calloc(1, sizeof(struct mim_options));
}

void
mim_options_destroy(struct mim_options *options)
{
    if (!options)
        return;
    for (size_t i = 0; i < options->count; i++) {
        free(options->items[i].name);
        free(options->items[i].value);
    }
    free(options->items);
    free(options);
}

static enum mim_status
add_option(struct mim_options *options, const char *name, size_t name_size, const char *value, struct mim_error *err)
{
    struct given given = { .name = strndup(name, name_size), .value = strdup(value) };
    if (!given.name || !given.value || !MIM_GROW(options->items, options->count)) {
        free(given.name);
        free(given.value);
        return mim_fail_nomem(err, "options");
    }
    options->items[options->count++] = given;
    return MIM_OK;
}

enum mim_status
mim_options_set_text(struct mim_options *options, const char *name, const char *value, struct mim_error *err)
{
    if (!name || !*name)
        return mim_fail(err, MIM_OPTION, "an option without a name");
    if (!value)
        return mim_fail(err, MIM_OPTION, "option %.100s: no value was given", name);
    return add_option(options, name, strlen(name), value, err);
}

char *
mim_options_take(struct mim_options *options, const char *name)
{
    char *value = NULL;
    size_t kept = 0;
    for (size_t i = 0; i < options->count; i++) {
        if (strcmp(options->items[i].name, name)) {
            options->items[kept++] = options->items[i];
            continue;
        }
        free(value);
        free(options->items[i].name);
        value = options->items[i].value;
    }
    options->count = kept;
    return value;
}

enum mim_status
mim_options_set_int(struct mim_options *options, const char *name, int64_t value, struct mim_error *err)
{
    char text[MIM_NUMBER_SIZE];
    snprintf(text, sizeof text, "%" PRId64, value);
    return mim_options_set_text(options, name, text, err);
}

enum mim_status
mim_options_set_real(struct mim_options *options, const char *name, double value, struct mim_error *err)
{
    char text[MIM_NUMBER_SIZE];
    mim_number_print(value, text);
    return mim_options_set_text(options, name, text, err);
}

enum mim_status
mim_options_set_bool(struct mim_options *options, const char *name, int value, struct mim_error *err)
{
    return mim_options_set_text(options, name, value ? "yes" : "no", err);
}

enum mim_status
mim_options_set_rational(struct mim_options *options, const char *name, int64_t num, int64_t den, struct mim_error *err)
{
    char text[2 * MIM_NUMBER_SIZE];
    snprintf(text, sizeof text, den == 1 ? "%" PRId64 : "%" PRId64 "/%" PRId64, num, den);
    return mim_options_set_text(options, name, text, err);
}

enum mim_status
mim_options_set_list(struct mim_options *options, const char *name, const double *values, size_t count,
                     struct mim_error *err)
{
    if (count == 0 || !values)
        return mim_fail(err, MIM_OPTION, "option %.100s: the list is empty", name ? name : "");
    char *text = count < SIZE_MAX / MIM_NUMBER_SIZE ? malloc(count * MIM_NUMBER_SIZE) : NULL;
    if (!text)
        return mim_fail_nomem(err, "options");

    char *end = text;
    for (size_t i = 0; i < count; i++) {
        if (i > 0)
            *end++ = ',';
        mim_number_print(values[i], end); /* at most 24 characters, so the comma fits too */
        end += strlen(end);
    }
    enum mim_status status = mim_options_set_text(options, name, text, err);
    free(text);
    return status;
}

enum mim_status
mim_options_parse(struct mim_options *options, const char *assignment, struct mim_error *err)
{
    const char *equals = assignment ? strchr(assignment, '=') : NULL;
    if (!assignment || !*assignment || equals == assignment)
        return mim_fail(err, MIM_OPTION, "\"%.100s\": expected NAME=VALUE", assignment ? assignment : "");
    size_t name_size = equals ? (size_t)(equals - assignment) : strlen(assignment);
    return add_option(options, assignment, name_size, equals ? equals + 1 : "yes", err);
}

struct mim_options *
mim_options_copy(const struct mim_options *options)
{
    struct mim_options *copy = mim_options_create();
    for (size_t i = 0; copy && options && i < options->count; i++) {
        const struct given *given = &options->items[i];
        if (add_option(copy, given->name, strlen(given->name), given->value, NULL) != MIM_OK) {
            mim_options_destroy(copy);
            return NULL;
        }
    }
    return copy;
}

bool
mim_options_say(const struct mim_options *options, const char *name, const char *value)
{
    for (size_t i = 0; options && i < options->count; i++)
        if (strcmp(options->items[i].name, name) == 0 && strcmp(options->items[i].value, value) == 0)
            return true;
    return false;
}

static enum mim_status
check_names(const struct mim_options *options, const struct mim_option_table *table,
            const struct mim_option_table *other, const char *who, struct mim_error *err)
{
    for (size_t i = 0; options && i < options->count; i++) {
        const char *name = options->items[i].name;
        const struct mim_option *row = mim_option_find(table, name);
        if (!row)
            return mim_option_fail_unknown(name, table, other, who, err);
        if (row->type == MIM_OPTION_PAIRS && name[strlen(row->name) + 1] == '\0')
            return mim_fail(err, MIM_OPTION, "%s: %s has no key: expected %s:KEY=VALUE", who, name, row->name);
    }
    return MIM_OK;
}

/* The last value given for a row, or NULL. */
static const char *
last_value(const struct mim_options *options, const struct mim_option_table *table, const struct mim_option *row)
{
    for (size_t i = options ? options->count : 0; i-- > 0;)
        if (mim_option_find(table, options->items[i].name) == row)
            return options->items[i].value;
    return NULL;
}

static enum mim_status
bind_pairs(const struct mim_options *options, const struct mim_option_table *table, const struct mim_option *row,
           void *state, struct mim_bound_options *bound, struct mim_error *err)
{
    uint64_t count = 0;
    for (size_t i = 0; options && i < options->count; i++)
        count += mim_option_find(table, options->items[i].name) == row;
    if (count == 0)
        return MIM_OK;

    const char **items = mim_bound_options_alloc(bound, 2 * (size_t)count * sizeof *items);
    if (!items)
        return mim_fail_nomem(err, "options");
    size_t used = 0;
    for (size_t i = 0; i < options->count; i++) {
        const struct given *given = &options->items[i];
        if (mim_option_find(table, given->name) != row)
            continue;
        items[used++] = mim_bound_options_text(bound, given->name + strlen(row->name) + 1);
        items[used++] = mim_bound_options_text(bound, given->value);
        if (!items[used - 2] || !items[used - 1])
            return mim_fail_nomem(err, "options");
    }
    struct mim_pairs pairs = { .items = items, .count = count };
    memcpy((char *)state + row->offset, &pairs, sizeof pairs);
    return MIM_OK;
}

static enum mim_status
bind_row(const struct mim_options *options, const struct mim_option_table *table, const struct mim_option *row,
         const char *who, void *state, struct mim_bound_options *bound, struct mim_error *err)
{
    const char *value = last_value(options, table, row);
    if (!value && (row->flags & MIM_OPTION_REQUIRED)) {
        struct mim_option_scratch scratch;
        struct mim_option_info info;
        mim_option_describe(row, &scratch, &info);
        return mim_fail(err, MIM_OPTION, "%s: %s is missing: expected %s=%s%s%s", who, row->name, row->name,
                        info.type_text, *info.range ? " in " : "", info.range);
    }
    if (row->type == MIM_OPTION_PAIRS)
        return bind_pairs(options, table, row, state, bound, err);
    if (value)
        return mim_option_write(row, value, who, state, bound, err);
    return mim_option_write_initial(row, who, state, bound, err);
}

enum mim_status
mim_options_bind(const struct mim_options *options, const struct mim_option_table *table,
                 const struct mim_option_table *other, const char *who, void *state, struct mim_bound_options **bound,
                 struct mim_error *err)
{
    enum mim_status status = check_names(options, table, other, who, err);
    if (status != MIM_OK)
        return status;
    struct mim_bound_options *owner = mim_bound_options_create();
    if (!owner)
        return mim_fail_nomem(err, "options");

    const struct mim_option *row;
    for (uint32_t i = 0; status == MIM_OK && (row = mim_option_row(table, i)); i++)
        status = bind_row(options, table, row, who, i < table->own_count ? table->own_state : state, owner, err);
    if (status != MIM_OK) {
        mim_bound_options_destroy(owner);
        return status;
    }
    *bound = owner;
    return MIM_OK;
}
