/* SPDX-License-Identifier: MIT */
/* mim help: describes the commands, the options of a command, or those of a format. */
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "options.h"
#include "report.h"
#include "text.h"
#include "wrap.h"

/* A column of explanations narrower than this moves below what it explains. */
#define SMALLEST_COLUMN 24
#define BELOW_INDENT 8

/* Returns the column at which explanations start: `wanted`, or a small one if that leaves too little room. */
static size_t
choose_column(const struct wrap *wrap, size_t wanted)
{
    return wanted + SMALLEST_COLUMN <= wrap->width ? wanted : BELOW_INDENT;
}

static void
print_paragraph(struct wrap *wrap, const char *text)
{
    wrap_text(wrap, text, 0);
    wrap_newline(wrap);
}

static void
print_commands(struct wrap *wrap, const struct command *command)
{
    size_t column = choose_column(wrap, 30);
    char call[64];

    for (; command->name; command++) {
        if (command->parts) {
            print_commands(wrap, command->parts);
            continue;
        }
        snprintf(call, sizeof call, "mim %s %s", command->name, command->operands);
        wrap_to(wrap, 2);
        wrap_text(wrap, call, 2);
        wrap_to(wrap, column);
        wrap_text(wrap, command->summary, column);
        wrap_newline(wrap);
    }
}

void
print_overview(FILE *out)
{
    struct wrap wrap;

    wrap_start(&wrap, out);
    print_paragraph(&wrap, "mim reads and writes sequences of images.");
    wrap_newline(&wrap);
    print_commands(&wrap, commands);
    wrap_newline(&wrap);
    print_paragraph(&wrap, "mim help COMMAND lists the options of a command, mim help FORMAT those of a format. "
                           "mim --version prints the version.");
}

static void
print_option_row(struct wrap *wrap, const struct option_row *row)
{
    size_t column = choose_column(wrap, 29);
    char letter[4] = "  ", call[64];
    if (row->letter)
        snprintf(letter, sizeof letter, "-%c", row->letter);
    const char *value = row->value ? row->value : "";
    if (*value == '[')
        snprintf(call, sizeof call, "--%s[=%s", row->name, value + 1);
    else
        snprintf(call, sizeof call, "--%s %s", row->name, value);

    wrap_to(wrap, 2);
    wrap_text(wrap, letter, 2);
    wrap_to(wrap, 6);
    wrap_text(wrap, call, 6);
    wrap_to(wrap, column);
    wrap_text(wrap, row->help, column);
    wrap_newline(wrap);
}

void
print_command_help(FILE *out, const struct command *command)
{
    char call[64];
    struct wrap wrap;

    wrap_start(&wrap, out);
    snprintf(call, sizeof call, "mim %s [options] %s", command->name, command->operands);
    print_paragraph(&wrap, call);
    print_paragraph(&wrap, command->summary);
    wrap_newline(&wrap);
    if (command->parts)
        print_commands(&wrap, command->parts);
    for (const struct option_row *row = option_rows; row->name; row++)
        if (row->commands & command->flag)
            print_option_row(&wrap, row);
}

/* The columns of an option table, which is visited twice: for the widths, then for the rows. */
struct option_columns {
    struct wrap wrap;
    size_t name, type, initial; /* widths */
    size_t rows;
};

/* A longer type may use the columns to its right, unless the whole table fits. */
#define TYPE_WIDTH 20
#define COMFORTABLE_COLUMN 40

/* Returns the default. One below the allowed range means that there is none. */
static const char *
initial_of(const struct mim_option_info *option)
{
    bool is_below = *option->range && *option->initial && strtod(option->initial, NULL) < strtod(option->range, NULL);
    if (option->required)
        return "required";
    return *option->initial && !is_below ? option->initial : "-";
}

static void
measure_option(void *user, const struct mim_option_info *option)
{
    struct option_columns *columns = user;
    columns->name = max_width(columns->name, option->name);
    columns->type = max_width(columns->type, option->type_text);
    columns->initial = max_width(columns->initial, initial_of(option));
    columns->rows++;
}

static void
print_option(void *user, const struct mim_option_info *option)
{
    struct option_columns *columns = user;
    struct wrap *wrap = &columns->wrap;
    size_t type_at = 2 + columns->name + 2, initial_at = type_at + columns->type + 2;
    size_t help_at = choose_column(wrap, initial_at + columns->initial + 2);
    char range[96];

    wrap_to(wrap, 2);
    wrap_text(wrap, option->name, 2);
    wrap_to(wrap, type_at);
    wrap_text(wrap, option->type_text, type_at);
    wrap_to(wrap, initial_at);
    wrap_text(wrap, initial_of(option), initial_at);
    wrap_to(wrap, help_at);
    wrap_text(wrap, option->help, help_at);
    snprintf(range, sizeof range, " (%s%s%s)", option->range, option->unit && *option->range ? " " : "",
             option->unit ? option->unit : "");
    if (option->unit || *option->range)
        wrap_text(wrap, range, help_at);
    wrap_newline(wrap);
}

/* Narrows the column of types if there is little room for explanations. */
static void
fit_columns(struct option_columns *columns)
{
    size_t width = columns->wrap.width, others = 2 + columns->name + 2 + 2 + columns->initial;
    if (others + columns->type + 2 + COMFORTABLE_COLUMN > width && columns->type > TYPE_WIDTH)
        columns->type = TYPE_WIDTH;
    if (others + columns->type > width)
        columns->type = width > others ? width - others : 1;
}

/* `is_second`: after a table. */
static enum mim_status
print_direction(FILE *out, const struct option_page *page, int writing, bool is_second, struct mim_error *err)
{
    struct option_columns columns = { .rows = 0 };

    wrap_start(&columns.wrap, out);
    enum mim_status status = mim_format_options(page->context, page->format, page->plugin, writing, measure_option, &columns, err);
    if (status != MIM_OK)
        return status;
    if (is_second)
        fputc('\n', out);
    fit_columns(&columns);
    wrap_text(&columns.wrap, writing ? "writing " : "reading ", 0);
    wrap_text(&columns.wrap, page->title, 0);
    print_paragraph(&columns.wrap, !columns.rows ? ": no options" : writing ? " (-o NAME=VALUE)" : " (-i NAME=VALUE)");
    return mim_format_options(page->context, page->format, page->plugin, writing, print_option, &columns, err);
}

enum mim_status
print_format_options(FILE *out, const struct option_page *page, struct mim_error *err)
{
    struct mim_format_info info;
    enum mim_status status = MIM_OK;
    bool found = false, has_table = false;

    for (size_t i = 0; !found && mim_context_format(page->context, i, &info); i++)
        found = !strcasecmp(info.name, page->format);
    if (!found) {
        status = mim_context_list_status(page->context, err);
        return status != MIM_OK ? status
                                : fail(err, MIM_ARGUMENT, "no command or format is named %s; mim formats lists all "
                                                          "formats", page->format);
    }
    if (info.state != MIM_FORMAT_READY)
        return mim_format_options(page->context, page->format, page->plugin, 0, measure_option, &(struct option_columns){ 0 }, err);

    const bool can[] = { *info.read, *info.write }; /* loading the plugin may change the strings */
    for (int writing = 0; writing < 2 && status == MIM_OK; writing++) {
        if (!can[writing])
            continue;
        status = print_direction(out, page, writing, has_table, err);
        has_table = has_table || status == MIM_OK;
        if (status == MIM_ARGUMENT && page->plugin) /* another plugin reads or writes the format */
            status = MIM_OK;
    }
    return status;
}

enum exit_code
run_help(struct cli *cli)
{
    struct mim_error err = { 0 };

    if (!cli->operand_count) {
        print_overview(stdout);
        return EXIT_GOOD;
    }
    const struct command *command = command_by_name(cli->operands[0], cli->operands[1]);
    if (cli->operand_count == 2 && (!command || !strchr(command->name, ' '))) {
        fail(&err, MIM_ARGUMENT, "no command is named %s %s", cli->operands[0], cli->operands[1]);
        return give_up(NULL, &err);
    }
    if (command) {
        print_command_help(stdout, command);
        return EXIT_GOOD;
    }
    const struct option_page page = { .context = cli->context, .format = cli->operands[0], .title = cli->operands[0] };
    if (print_format_options(stdout, &page, &err) != MIM_OK)
        return give_up(NULL, &err);
    return EXIT_GOOD;
}
