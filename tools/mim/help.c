/* SPDX-License-Identifier: MIT */
/* mim help: the commands, one command's options, or a format's. */
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "options.h"
#include "report.h"
#include "text.h"

void
print_overview(FILE *out)
{
    fputs("mim reads and writes sequences of images.\n\n", out);
    for (const struct command *command = commands; command->name; command++) {
        char call[64];
        snprintf(call, sizeof call, "mim %s %s", command->name, command->operands);
        fprintf(out, "  %-28s%s\n", call, command->summary);
    }
    fputs("\nmim help COMMAND lists a command's options, mim help FORMAT a format's; mim --version tells the version.\n", out);
}

void
print_command_help(FILE *out, const struct command *command)
{
    fprintf(out, "mim %s [options] %s\n%s\n\n", command->name, command->operands, command->summary);
    for (const struct option_row *row = option_rows; row->name; row++) {
        if (!(row->commands & command->flag))
            continue;
        char letter[4] = "  ", call[64];
        if (row->letter)
            snprintf(letter, sizeof letter, "-%c", row->letter);
        const char *value = row->value ? row->value : "";
        if (*value == '[')
            snprintf(call, sizeof call, "--%s[=%s", row->name, value + 1);
        else
            snprintf(call, sizeof call, "--%s %s", row->name, value);
        fprintf(out, "  %s  %-21s  %s\n", letter, call, row->help);
    }
}

/* Two walks over a table: the widths, then the rows. */
struct option_columns {
    FILE *out;
    size_t name, type, initial;
    size_t rows;
};

/* A number that nobody may give stands for none. */
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
    const struct option_columns *columns = user;
    FILE *out = columns->out;

    fputs("  ", out);
    print_cell(out, option->name, columns->name);
    print_cell(out, option->type_text, columns->type);
    print_cell(out, initial_of(option), columns->initial);
    print_text(out, option->help);
    if (option->unit || *option->range)
        fprintf(out, " (%s%s%s)", option->range, option->unit && *option->range ? " " : "", option->unit ? option->unit : "");
    fputc('\n', out);
}

static enum mim_status
print_direction(FILE *out, const struct option_page *page, int writing, struct mim_error *err)
{
    struct option_columns columns = { .out = out };

    enum mim_status status = mim_format_options(page->context, page->format, page->plugin, writing, measure_option, &columns, err);
    if (status != MIM_OK)
        return status;
    fprintf(out, "%s %s%s\n", writing ? "writing" : "reading", page->title,
            columns.rows ? writing ? " (-o NAME=VALUE)" : " (-i NAME=VALUE)" : ": no options");
    return mim_format_options(page->context, page->format, page->plugin, writing, print_option, &columns, err);
}

/* A format that only one direction knows is told of in that one. */
enum mim_status
print_format_options(FILE *out, const struct option_page *page, struct mim_error *err)
{
    struct mim_format_info info;
    enum mim_status status = MIM_OK;
    bool found = false;

    for (size_t i = 0; !found && mim_context_format(page->context, i, &info); i++)
        found = !strcasecmp(info.name, page->format);
    if (!found) {
        status = mim_context_list_status(page->context, err);
        return status != MIM_OK ? status
                                : fail(err, MIM_ARGUMENT, "there is neither a command nor a format %s; mim formats lists "
                                                          "the formats", page->format);
    }
    if (info.state != MIM_FORMAT_READY)
        return mim_format_options(page->context, page->format, page->plugin, 0, measure_option, &(struct option_columns){ 0 }, err);

    bool reads = *info.read, writes = *info.write; /* the strings may change when the plugin is loaded */
    if (reads)
        status = print_direction(out, page, 0, err);
    if (status == MIM_OK && reads && writes)
        fputc('\n', out);
    if (status == MIM_OK && writes)
        status = print_direction(out, page, 1, err);
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
    const struct command *command = command_by_name(cli->operands[0]);
    if (command) {
        print_command_help(stdout, command);
        return EXIT_GOOD;
    }
    const struct option_page page = { .context = cli->context, .format = cli->operands[0], .title = cli->operands[0] };
    if (print_format_options(stdout, &page, &err) != MIM_OK)
        return give_up(NULL, &err);
    return EXIT_GOOD;
}
