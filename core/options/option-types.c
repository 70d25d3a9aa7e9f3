/* SPDX-License-Identifier: MIT */
/* Options by type: parsing, checking and storing a value. */
#include "options/option-types.h"

#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "base/error.h"
#include "base/number.h"
#include "options/option-describe.h"

/* Result of parsing a value. */
enum outcome { TAKEN, MALFORMED, OUT_OF_RANGE, NO_MEMORY };

static bool
in_range(const struct mim_option *row, double value)
{
    return (row->min == 0 && row->max == 0) || (value >= row->min && value <= row->max);
}

static enum outcome
store_value(void *place, const void *value, size_t size)
{
    memcpy(place, value, size);
    return TAKEN;
}

static enum outcome
write_int(const struct mim_option *row, const char *text, void *place, struct mim_bound_options *bound)
{
    (void)bound;
    int64_t value;
    if (!mim_number_parse_int(text, strlen(text), &value))
        return MALFORMED;
    if (!in_range(row, (double)value))
        return OUT_OF_RANGE;
    return store_value(place, &value, sizeof value);
}

static enum outcome
write_real(const struct mim_option *row, const char *text, void *place, struct mim_bound_options *bound)
{
    (void)bound;
    double value;
    if (!mim_number_parse_real(text, strlen(text), &value))
        return MALFORMED;
    if (!in_range(row, value))
        return OUT_OF_RANGE;
    return store_value(place, &value, sizeof value);
}

static enum outcome
write_bool(const struct mim_option *row, const char *text, void *place, struct mim_bound_options *bound)
{
    static const char *const words[] = { "no", "yes", "false", "true", "0", "1", "off", "on" }; /* odd index: true */
    (void)row, (void)bound;
    for (size_t i = 0; i < sizeof words / sizeof *words; i++)
        if (strcasecmp(text, words[i]) == 0)
            return store_value(place, &(int32_t){ i % 2 }, sizeof(int32_t));
    return MALFORMED;
}

/* Whether the text is one of the aliases in "deflate=zlib". */
static bool
choice_matches(const char *choice, size_t size, const char *text)
{
    size_t length = strlen(text);
    for (size_t at = 0; at <= size; at++) {
        const char *equals = at < size ? memchr(choice + at, '=', size - at) : NULL;
        size_t end = equals ? (size_t)(equals - choice) : size;
        if (end - at == length && strncasecmp(choice + at, text, length) == 0)
            return true;
        at = end;
    }
    return false;
}

static enum outcome
write_choice(const struct mim_option *row, const char *text, void *place, struct mim_bound_options *bound)
{
    (void)bound;
    const char *at = row->choices, *choice;
    size_t size;
    for (int32_t i = 0; mim_option_next_choice(&at, &choice, &size); i++)
        if (choice_matches(choice, size, text))
            return store_value(place, &i, sizeof i);
    return MALFORMED;
}

static enum outcome
write_text(const struct mim_option *row, const char *text, void *place, struct mim_bound_options *bound)
{
    (void)row;
    const char *copy = mim_bound_options_text(bound, text);
    if (!copy)
        return NO_MEMORY;
    return store_value(place, &copy, sizeof copy);
}

static enum outcome
write_rational(const struct mim_option *row, const char *text, void *place, struct mim_bound_options *bound)
{
    (void)bound;
    struct mim_rational value;
    if (!mim_number_parse_rational(text, strlen(text), &value))
        return MALFORMED;
    if (!in_range(row, (double)value.num / (double)value.den))
        return OUT_OF_RANGE;
    return store_value(place, &value, sizeof value);
}

static void
trim_blanks(const char **text, size_t *size)
{
    while (*size > 0 && **text == ' ')
        ++*text, --*size;
    while (*size > 0 && (*text)[*size - 1] == ' ')
        --*size;
}

static enum outcome
write_list(const struct mim_option *row, const char *text, void *place, struct mim_bound_options *bound)
{
    size_t count = 1;
    for (const char *p = text; *p; p++)
        count += *p == ',';
    double *values = mim_bound_options_alloc(bound, count * sizeof *values);
    if (!values)
        return NO_MEMORY;

    for (size_t i = 0; i < count; i++) {
        const char *entry = text;
        size_t size = strcspn(text, ",");
        text += size + 1;
        trim_blanks(&entry, &size);
        if (!mim_number_parse_real(entry, size, &values[i]))
            return MALFORMED;
        if (!in_range(row, values[i]))
            return OUT_OF_RANGE;
    }
    struct mim_list list = { .values = values, .count = count };
    return store_value(place, &list, sizeof list);
}

static enum outcome
write_size(const struct mim_option *row, const char *text, void *place, struct mim_bound_options *bound)
{
    (void)bound;
    size_t before = strcspn(text, "xX,"); /* "W,H" as well as "WxH" */
    int64_t width, height;
    if (!text[before] || !mim_number_parse_int(text, before, &width) ||
        !mim_number_parse_int(text + before + 1, strlen(text + before + 1), &height))
        return MALFORMED;
    if (width <= 0 || height <= 0 || width > UINT32_MAX || height > UINT32_MAX || !in_range(row, (double)width) ||
        !in_range(row, (double)height))
        return OUT_OF_RANGE;
    struct mim_size size = { .width = (uint32_t)width, .height = (uint32_t)height };
    return store_value(place, &size, sizeof size);
}

static const struct {
    const char *name;
    uint8_t rgba[4];
} colours[] = {
    { "transparent", { 0, 0, 0, 0 } },   { "black", { 0, 0, 0, 255 } },       { "white", { 255, 255, 255, 255 } },
    { "gray", { 128, 128, 128, 255 } },  { "grey", { 128, 128, 128, 255 } },  { "silver", { 192, 192, 192, 255 } },
    { "red", { 255, 0, 0, 255 } },       { "lime", { 0, 255, 0, 255 } },      { "blue", { 0, 0, 255, 255 } },
    { "maroon", { 128, 0, 0, 255 } },    { "green", { 0, 128, 0, 255 } },     { "navy", { 0, 0, 128, 255 } },
    { "yellow", { 255, 255, 0, 255 } },  { "cyan", { 0, 255, 255, 255 } },    { "aqua", { 0, 255, 255, 255 } },
    { "magenta", { 255, 0, 255, 255 } }, { "fuchsia", { 255, 0, 255, 255 } }, { "olive", { 128, 128, 0, 255 } },
    { "teal", { 0, 128, 128, 255 } },    { "purple", { 128, 0, 128, 255 } },
};

static bool
parse_hex_colour(const char *digits, uint8_t rgba[4])
{
    size_t count = strspn(digits, "0123456789abcdefABCDEF");
    if (digits[count] || (count != 6 && count != 8))
        return false;
    unsigned long value = strtoul(digits, NULL, 16);
    if (count == 6)
        value = value << 8 | 0xff;
    for (int i = 0; i < 4; i++)
        rgba[i] = (uint8_t)(value >> (24 - 8 * i));
    return true;
}

static enum outcome
write_colour(const struct mim_option *row, const char *text, void *place, struct mim_bound_options *bound)
{
    (void)row, (void)bound;
    uint8_t rgba[4];
    if (*text == '#')
        return parse_hex_colour(text + 1, rgba) ? store_value(place, rgba, sizeof rgba) : MALFORMED;
    for (size_t i = 0; i < sizeof colours / sizeof *colours; i++)
        if (strcasecmp(text, colours[i].name) == 0)
            return store_value(place, colours[i].rgba, sizeof colours[i].rgba);
    return MALFORMED;
}

static const struct {
    enum outcome (*write)(const struct mim_option *row, const char *text, void *place, struct mim_bound_options *bound);
    const char *expected; /* wording for messages; NULL: the description's type, as for choices */
} types[] = {
    [MIM_OPTION_INT] = { write_int, "a whole number" },
    [MIM_OPTION_REAL] = { write_real, "a number" },
    [MIM_OPTION_BOOL] = { write_bool, "yes or no" },
    [MIM_OPTION_CHOICE] = { write_choice, NULL },
    [MIM_OPTION_TEXT] = { write_text, "text" },
    [MIM_OPTION_RATIONAL] = { write_rational, "a number or a fraction N/D" },
    [MIM_OPTION_LIST] = { write_list, "a number or a list of numbers N,N" },
    [MIM_OPTION_SIZE] = { write_size, "WxH or W,H in pixels" },
    [MIM_OPTION_COLOUR] = { write_colour, "#rrggbb, #rrggbbaa or a name such as white, black, transparent" },
};

enum mim_status
mim_option_write(const struct mim_option *row, const char *text, const char *who, void *state,
                 struct mim_bound_options *bound, struct mim_error *err)
{
    enum outcome outcome = types[row->type].write(row, text, (char *)state + row->offset, bound);
    if (outcome == TAKEN)
        return MIM_OK;
    if (outcome == NO_MEMORY)
        return mim_fail_nomem(err, "options");

    struct mim_option_scratch scratch;
    struct mim_option_info info;
    mim_option_describe(row, &scratch, &info);
    if (row->flags & MIM_OPTION_SECRET)
        text = "(secret)";
    const char *expected = types[row->type].expected;
    if (outcome == OUT_OF_RANGE && *info.range)
        return mim_fail(err, MIM_OPTION, "%s: %s = %.100s: expected %s", who, row->name, text, info.range);
    return mim_fail(err, MIM_OPTION, "%s: %s = %.100s: expected %s%s%s", who, row->name, text,
                    expected ? expected : info.type_text, *info.range ? ", " : "", info.range);
}

enum mim_status
mim_option_write_initial(const struct mim_option *row, const char *who, void *state, struct mim_bound_options *bound,
                         struct mim_error *err)
{
    if (row->initial_text)
        return mim_option_write(row, row->initial_text, who, state, bound, err);

    void *place = (char *)state + row->offset;
    if (row->type == MIM_OPTION_INT)
        memcpy(place, &(int64_t){ (int64_t)row->initial }, sizeof(int64_t));
    else if (row->type == MIM_OPTION_REAL)
        memcpy(place, &row->initial, sizeof row->initial);
    else if (row->type == MIM_OPTION_BOOL || row->type == MIM_OPTION_CHOICE)
        memcpy(place, &(int32_t){ (int32_t)row->initial }, sizeof(int32_t));
    return MIM_OK;
}
