/* SPDX-License-Identifier: MIT */
/* The command: runs a subcommand and returns its exit status. */
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "options.h"
#include "report.h"
#include "signals.h"
#include "text.h"

const struct command commands[] = {
    { "info", "FILE...", "show frames, size, sample type, timing and metadata", run_info, FOR_INFO, 1, -1, NULL },
    { "convert", "IN... OUT", "convert any format to any other, frame by frame", run_convert, FOR_CONVERT, 2, -1, NULL },
    { "batch", "IN... -d DIR", "convert many files, each to an output of its own", run_batch, FOR_BATCH, 1, -1, NULL },
    { "formats", "", "list the formats and the plugins that read and write them", run_formats, FOR_FORMATS, 0, 0, NULL },
    { "plugins", "[NAME]", "list the plugins, their state and location", run_plugins, FOR_PLUGINS, 0, 1, NULL },
    { "explain", "FILE", "show how a file's format and plugin are chosen", run_explain, FOR_EXPLAIN, 1, 1, NULL },
    { "plugin", "COMMAND", "write and test plugins", NULL, FOR_PLUGIN, 1, 0, plugin_commands }, /* no number of operands is right */
    { "help", "[COMMAND|FORMAT]", "list the options of a command or a format", run_help, FOR_HELP, 0, 2, NULL },
    { 0 },
};

static const struct command *
find_row(const struct command *row, const char *name)
{
    for (; row->name; row++)
        if (!strcmp(row->name, name))
            return row;
    return NULL;
}

const struct command *
command_by_name(const char *name, const char *part)
{
    const struct command *command = find_row(commands, name);
    char full[64];

    if (!command || !command->parts || !part || *part == '-')
        return command;
    snprintf(full, sizeof full, "%s %s", name, part);
    return find_row(command->parts, full);
}

/* Reports what is ignored of configuration files that are otherwise in force. */
static void
print_config_notes(struct mim_context *context)
{
    const char *file, *line;
    for (size_t i = 0; (file = mim_context_config_file(context, i)); i++)
        for (size_t j = 0; (line = mim_context_diagnostic(context, j)); j++)
            if (!strncmp(line, file, strlen(file)) && line[strlen(file)] == ':') {
                fputs("mim: note: ", stderr);
                print_text(stderr, line);
                fputc('\n', stderr);
            }
}

static enum exit_code
run_parsed(struct cli *cli)
{
    const struct command *command = cli->command;
    struct mim_error err = { 0 };

    if (cli->help) {
        print_command_help(stdout, command);
        return EXIT_GOOD;
    }
    if (cli->operand_count < command->min_operands || (command->max_operands >= 0 && cli->operand_count > command->max_operands)) {
        fprintf(stderr, "mim: usage: mim %s [options] %s\n", command->name, command->operands);
        return EXIT_USAGE;
    }
    if (cli_context(cli, &cli->context, &err) != MIM_OK)
        return give_up(NULL, &err);
    if (heeds_policy(cli) && !cli->quiet)
        print_config_notes(cli->context);

    enum exit_code code = command->run(cli);
    if (!signals_interrupted())
        notices_print(&cli->notices, NULL);
    return code;
}

/* Ends the process while threads are in a library that does not return. */
static _Noreturn void
leave_threads(enum exit_code code)
{
    code = finish_stdout(code);
    mim_sink_abandon_all();
    signals_end();
    _exit((int)code);
}

static enum exit_code
run_command(const struct command *command, int argc, char **argv)
{
    unsigned threads = command->flag & (FOR_CONVERT | FOR_BATCH) ? 0 : 1;
    struct cli cli = { .command = command, .threads = threads, .keep_going = true };
    struct mim_error err = { 0 };

    if (!signals_catch()) {
        fputs("mim: out of memory\n", stderr);
        return EXIT_MEMORY;
    }
    enum exit_code code =
        options_parse(&cli, argc, argv, &err) == MIM_OK ? run_parsed(&cli) : give_up(NULL, &err);
    if (cli.is_stuck)
        leave_threads(code);
    mim_context_destroy(cli.context);
    options_clear(&cli);
    if (signals_interrupted()) {
        fputs("mim: interrupted\n", stderr);
        code = EXIT_INTERRUPTED;
    }
    signals_release();
    return code;
}

int
main(int argc, char **argv)
{
    const char *first = argc > 1 ? argv[1] : "";
    const struct command *command = command_by_name(first, argc > 2 ? argv[2] : NULL);

    if (command) {
        int words = strchr(command->name, ' ') ? 2 : 1;
        enum exit_code code = finish_stdout(run_command(command, argc - words, argv + words));
        signals_end();
        return (int)code;
    }
    if (!strcmp(first, "--version")) {
        printf("mim %s\n", mim_version());
        return (int)finish_stdout(EXIT_GOOD);
    }
    if (!strcmp(first, "--help") || !strcmp(first, "-h")) {
        print_overview(stdout);
        return (int)finish_stdout(EXIT_GOOD);
    }

    if (!*first) {
        print_overview(stderr);
        return EXIT_USAGE;
    }
    struct mim_error err = { 0 };
    bool is_part = command_by_name(first, NULL);
    fail(&err, MIM_OPTION, "unknown command %s%s%s; mim help lists all of them", first, is_part ? " " : "", is_part ? argv[2] : "");
    return (int)give_up(NULL, &err);
}
